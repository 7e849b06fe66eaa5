//! The cases of the suite, compiled once for the binaries of all allocators.

#[path = "../../../memory_benchmarks/allocation_sizes/mod.rs"]
mod allocation_sizes;
#[path = "../../../memory_benchmarks/drop_timing/mod.rs"]
mod drop_timing;
#[path = "../../../memory_benchmarks/hashmap_allocations/mod.rs"]
mod hashmap_allocations;
#[path = "../../../memory_benchmarks/leak_patterns/mod.rs"]
mod leak_patterns;
#[path = "../../../memory_benchmarks/object_pool/mod.rs"]
mod object_pool;
#[path = "../../../memory_benchmarks/request_response/mod.rs"]
mod request_response;
#[path = "../../../memory_benchmarks/smart_pointers/mod.rs"]
mod smart_pointers;
#[path = "../../../memory_benchmarks/string_allocations/mod.rs"]
mod string_allocations;
#[path = "../../../memory_benchmarks/vec_allocations/mod.rs"]
mod vec_allocations;

use heapmark::__private::bencher::Group;

/// The groups, in report order.
pub const GROUPS: &[&Group] = &[
    &string_allocations::GROUP,
    &vec_allocations::GROUP,
    &hashmap_allocations::GROUP,
    &smart_pointers::GROUP,
    &request_response::GROUP,
    &object_pool::GROUP,
    &leak_patterns::GROUP,
    &allocation_sizes::GROUP,
    &drop_timing::GROUP,
];

/// Defines a bench binary of the suite, with the allocator of this type and value.
#[macro_export]
macro_rules! suite {
    ($type:ty, $value:expr) => {
        #[global_allocator]
        static ALLOCATOR: heapmark::Alloc<$type> = heapmark::Alloc::new($value);

        heapmark::switchable_randomness!();

        fn main() -> std::process::ExitCode {
            heapmark::__private::harness::main($crate::suite::GROUPS, None)
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_group_of_the_suite_is_here_in_its_order() {
        let suite = include_str!("../../../memory_benchmarks/main.rs");
        let (_, listed) = suite.split_once("heapmark::main!(").unwrap_or_default();
        let listed: Vec<&str> = listed
            .split([',', ')'])
            .map(str::trim)
            .filter(|name| name.ends_with(|last: char| last.is_ascii_lowercase()))
            .collect();
        let here: Vec<&str> = super::GROUPS.iter().map(|group| group.name).collect();
        assert_eq!(here, listed);
    }
}
