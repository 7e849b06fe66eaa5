//! Servers under profilers: the load that they are given. It starts no tool and reads no profile.

pub mod load;
