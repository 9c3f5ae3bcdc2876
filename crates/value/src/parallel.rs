//! Work shared out to the processor's cores. The answer does not depend on how many there are.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Mutex;
use std::thread;

/// How many threads are worth starting for so many draws of figures.
pub(crate) fn threads(figures: usize) -> usize {
    const WORTH_A_THREAD: usize = 100_000;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    cores.min(figures.div_ceil(WORTH_A_THREAD)).max(1)
}

/// Does the work on each item, in any order, with a desk of its own for each thread, and returns
/// what came of it in the order of the items.
pub(crate) fn each<I, D, T>(
    threads: usize,
    items: impl Iterator<Item = I> + Send,
    desk: impl Fn() -> D + Sync,
    work: impl Fn(&mut D, I) -> T + Sync,
) -> Vec<T>
where
    I: Send,
    T: Send,
{
    let queue = Mutex::new(items.enumerate());
    let worker = || {
        let (mut desk, mut done) = (desk(), Vec::new());
        loop {
            let next = match queue.lock() {
                Ok(mut queue) => queue.next(),
                Err(_) => None,
            };
            let Some((at, item)) = next else { return done };
            done.push((at, work(&mut desk, item)));
        }
    };
    let mut all = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(worker)).collect();
        let mut all = worker();
        for other in others {
            match other.join() {
                Ok(more) => all.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_number_of_threads_gives_the_same_in_the_same_order() {
        let squares = |threads| each(threads, 0..1_000_u64, || 0, |_, number| number * number);
        assert_eq!(squares(1), (0..1_000).map(|number| number * number).collect::<Vec<u64>>());
        assert_eq!(squares(1), squares(7));
        assert_eq!(threads(10), 1);
    }
}
