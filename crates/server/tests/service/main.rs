//! The service as a whole, in process: HTTP in, databases behind, jobs done when told.

#[cfg(test)]
mod api;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod authority;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod disputes;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod journey;
#[cfg(test)]
mod life;
#[cfg(test)]
mod open_book_pages;
#[cfg(test)]
mod others;
#[cfg(test)]
mod people;
#[cfg(test)]
mod releases;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod slow;
#[cfg(test)]
mod support;
#[cfg(test)]
mod workbook;
