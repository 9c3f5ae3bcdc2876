//! Postcodes.

/// The letters a postcode begins with, those kept for people without an address too.
const AREAS: &str = " AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD \
    DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA \
    KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH \
    RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR \
    WS WV YO ZE ZZ ";

/// Whether a text holds a full postcode: written with its space anywhere, or as a whole word of
/// six or seven characters that begins with an area there is. Five together (`N02AF`) is also how
/// costing currencies look.
#[must_use]
pub fn has_postcode(text: &str) -> bool {
    let mut before: Option<&str> = None;
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if before.is_some_and(|outward| is_whole(outward, word)) && !is_ordinal(word) {
            return true;
        }
        let joined = word.len().checked_sub(3).and_then(|at| word.split_at_checked(at));
        if (6..=7).contains(&word.len())
            && joined.is_some_and(|(outward, inward)| is_whole(outward, inward) && is_area(outward))
        {
            return true;
        }
        before = Some(word);
    }
    false
}

fn is_outward(word: &str) -> bool {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = word.as_bytes().get(letters..).unwrap_or_default();
    (1..=2).contains(&letters) && matches!(rest, [first] if first.is_ascii_digit())
        || matches!(
            (letters, rest),
            (1..=2, [first, second]) if first.is_ascii_digit() && second.is_ascii_alphanumeric()
        )
}

fn is_whole(outward: &str, inward: &str) -> bool {
    // The letters that inward parts never have, but for people without an address.
    let never: &[u8] = if outward.eq_ignore_ascii_case("zz99") { b"" } else { b"CIKMOVcikmov" };
    is_outward(outward) && is_inward(inward, never)
}

fn is_inward(word: &str, never: &[u8]) -> bool {
    match word.as_bytes() {
        [digit, letters @ ..] => {
            digit.is_ascii_digit()
                && letters.len() == 2
                && letters.iter().all(|c| c.is_ascii_alphabetic() && !never.contains(c))
        }
        [] => false,
    }
}

/// `2nd`, as in "ward B6, 2nd floor".
fn is_ordinal(word: &str) -> bool {
    matches!(word.get(1..), Some("st" | "nd" | "rd" | "th"))
}

fn is_area(outward: &str) -> bool {
    let letters: String = outward.chars().take_while(char::is_ascii_alphabetic).collect();
    AREAS.contains(&format!(" {} ", letters.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_but_not_currencies() {
        for text in [
            "DE22 3NE",
            "de22 3ne",
            "DE223NE",
            "lives at S41 7TL",
            "SW1A 1AA",
            "sw1a1aa",
            "M1 1AE",
            "ZZ99 3VZ",
        ] {
            assert!(has_postcode(text), "{text}");
        }
        for text in [
            "N02AF",
            "HN22A",
            "WF01A",
            "VB09Z",
            "A08C1",
            "2024-25",
            "CHS00",
            "Ward 5B",
            "OP110AB",
            "ward B6 2nd floor",
            "L81008",
            "DE22",
            "3NE",
        ] {
            assert!(!has_postcode(text), "{text}");
        }
    }
}
