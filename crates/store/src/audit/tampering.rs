//! Whoever can write the database but has not the master key: every way to tamper is found, and
//! at the right line.

use proptest::prelude::*;
use proptest::sample::Index;
use tenancy::MasterKey;

use super::{BEGINNING, Head, Line, Seal, follow};

fn key() -> MasterKey {
    MasterKey::read(&"07".repeat(32)).expect("a key")
}

fn seal(key: &MasterKey) -> Seal<'_> {
    Seal { whose: "QJ2", key }
}

/// Lines as `record` writes them.
fn chained(parts: Vec<(String, String, String)>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (seq, (person, action, details)) in (1..).zip(parts) {
        let prev_hash = lines.last().map_or(BEGINNING, |line| &line.hash).to_owned();
        let (subject, hash) = (format!("thing {seq}"), String::new());
        let mut line = Line { seq, at: seq * 7, person, action, subject, details, prev_hash, hash };
        line.hash = line.computed_hash();
        lines.push(line);
    }
    lines
}

fn logs() -> impl Strategy<Value = Vec<Line>> {
    let text = || "[a-z:0-9]{0,6}";
    proptest::collection::vec((text(), text(), text()), 1..12).prop_map(chained)
}

fn head_of(lines: &[Line]) -> Head {
    let last = lines.last().expect("a line");
    Head::of("QJ2", &key(), last.seq, &last.hash)
}

fn broken(lines: &[Line], head: Option<&Head>) -> Option<i64> {
    let key = key();
    let lines = lines.iter().cloned().map(Ok);
    follow(lines, head, &seal(&key)).expect("lines").broken.map(|(seq, _)| seq)
}

/// Everything after a place made to chain again, as somebody with time would.
fn rechained(lines: &mut [Line]) {
    let mut before = BEGINNING.to_owned();
    for (seq, line) in (1..).zip(lines) {
        (line.seq, line.prev_hash) = (seq, before.clone());
        line.hash = line.computed_hash();
        before.clone_from(&line.hash);
    }
}

fn number(place: usize) -> i64 {
    i64::try_from(place).expect("small") + 1
}

proptest! {
    #[test]
    fn an_untouched_record_is_never_accused(lines in logs()) {
        prop_assert_eq!(broken(&lines, Some(&head_of(&lines))), None);
        prop_assert_eq!(broken(&[], None), None);
    }

    #[test]
    fn a_changed_line_is_found(lines in logs(), at in any::<Index>(), part in 0..7) {
        let head = head_of(&lines);
        let place = at.index(lines.len());
        let mut changed = lines;
        let line = &mut changed[place];
        match part {
            0 => line.at += 1,
            1 => line.person.push('x'),
            2 => line.action.push('x'),
            3 => line.subject.push('x'),
            4 => line.details.push('x'),
            5 => line.prev_hash = format!("{:064}", 7),
            _ => line.hash = format!("{:064}", 7),
        }
        prop_assert_eq!(broken(&changed, Some(&head)), Some(number(place)));
        // With all that follows made to chain again, the mark is what is wrong: at the last line.
        rechained(&mut changed);
        if part < 5 {
            prop_assert_eq!(broken(&changed, Some(&head)), Some(number(changed.len() - 1)));
        }
    }

    #[test]
    fn a_deleted_line_is_found_by_the_one_after_it(lines in logs(), at in any::<Index>()) {
        let head = head_of(&lines);
        let place = at.index(lines.len());
        let mut fewer = lines;
        fewer.remove(place);
        let found = if place == fewer.len() { number(place) } else { number(place + 1) };
        prop_assert_eq!(broken(&fewer, Some(&head)), Some(found));
        rechained(&mut fewer);
        prop_assert_eq!(broken(&fewer, Some(&head)), Some(number(fewer.len())));
    }

    #[test]
    fn a_record_cut_short_is_found_where_it_ends(lines in logs(), at in any::<Index>()) {
        let head = head_of(&lines);
        let left = at.index(lines.len());
        let cut = &lines[..left];
        prop_assert_eq!(broken(cut, Some(&head)), Some(number(left)));
        // A head that tells of the cut one cannot be marked, and none at all is missed.
        if let Some(last) = cut.last() {
            let forged = Head { seq: last.seq, hash: last.hash.clone(), ..head.clone() };
            prop_assert_eq!(broken(cut, Some(&forged)), Some(last.seq));
            prop_assert_eq!(broken(cut, None), Some(last.seq));
        }
    }

    #[test]
    fn swapped_lines_are_found_at_the_first(lines in logs(), a in any::<Index>(), b in any::<Index>()) {
        let head = head_of(&lines);
        let (a, b) = (a.index(lines.len()), b.index(lines.len()));
        let mut swapped = lines;
        swapped.swap(a, b);
        (swapped[a].seq, swapped[b].seq) = (number(a), number(b));
        let expected = (a != b).then_some(number(a.min(b)));
        prop_assert_eq!(broken(&swapped, Some(&head)), expected);
    }

    #[test]
    fn an_inserted_line_is_found_by_the_one_after_it(lines in logs(), at in any::<Index>()) {
        let head = head_of(&lines);
        let place = at.index(lines.len() + 1);
        let mut more = lines;
        let before = if place == 0 { BEGINNING.to_owned() } else { more[place - 1].hash.clone() };
        let mut forged = more[0].clone();
        (forged.seq, forged.prev_hash, forged.person) = (number(place), before, "forged".to_owned());
        forged.hash = forged.computed_hash();
        for line in &mut more[place..] {
            line.seq += 1;
        }
        more.insert(place, forged);
        let found = if place + 1 == more.len() { number(place) } else { number(place + 1) };
        prop_assert_eq!(broken(&more, Some(&head)), Some(found));
    }
}

#[test]
fn the_mark_is_of_one_board_and_one_key() {
    let lines = chained(vec![(String::new(), String::new(), String::new())]);
    let last = &lines[0];
    let other = MasterKey::read(&"08".repeat(32)).expect("a key");
    for head in
        [Head::of("QWO", &key(), last.seq, &last.hash), Head::of("QJ2", &other, 1, &last.hash)]
    {
        assert_eq!(broken(&lines, Some(&head)), Some(1));
    }
}
