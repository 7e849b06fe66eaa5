//! Settings of statistics and plots, which have no effect here.

/// Defines methods that return `self` unchanged: by value, or by reference as groups do.
macro_rules! ignored {
    (by value: $($(#[$attribute:meta])* $name:ident($($type:ty),*);)*) => {$(
        /// Has no effect.
        $(#[$attribute])*
        #[must_use]
        pub fn $name(self, $(_: $type),*) -> Self {
            self
        }
    )*};
    (by reference: $($name:ident($type:ty);)*) => {$(
        /// Has no effect.
        pub fn $name(&mut self, _: $type) -> &mut Self {
            self
        }
    )*};
}

/// The settings of statistics, which the manager, groups and definitions of benchmarks have.
macro_rules! ignored_statistics {
    (by $way:ident) => {
        ignored! {
            by $way:
            sample_size(usize);
            warm_up_time(Duration);
            measurement_time(Duration);
            nresamples(usize);
            noise_threshold(f64);
            confidence_level(f64);
            significance_level(f64);
        }
    };
}

pub(crate) use {ignored, ignored_statistics};
