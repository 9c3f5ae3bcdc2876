/// A rectangle on the picture.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Place {
    fn touches(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// Keeps labels from lying upon each other: first come, first served.
#[derive(Debug, Default)]
pub struct Labels {
    taken: Vec<Place>,
}

impl Labels {
    /// Whether the place is still free within `right`; it is taken then.
    pub fn take(&mut self, place: Place, right: f64) -> bool {
        let free =
            place.x + place.width <= right && !self.taken.iter().any(|other| other.touches(place));
        if free {
            self.taken.push(place);
        }
        free
    }

    /// Takes a place whether free or not.
    pub fn reserve(&mut self, place: Place) {
        self.taken.push(place);
    }
}
