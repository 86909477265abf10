//! Impressions as the field takes them, and what has changed between two such
//! lists: a slider that moves a step changes few of them.

use std::cmp::Ordering;

/// One impression as it lies in the photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dot {
    /// Centre, photo px, pixel centres at +0.5.
    pub x: f32,
    /// Centre, photo px, y down.
    pub y: f32,
    /// Covariance of the impression's own Gaussian, px², without the camera's
    /// blur.
    pub sxx: f32,
    /// Covariance, off the diagonal, px².
    pub sxy: f32,
    /// Covariance, px².
    pub syy: f32,
    /// Coverage summed over all pixels, px²: area times opacity.
    pub area_px: f32,
}

/// A list of impressions, each of one candidate, in the candidates' order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dots {
    of_candidates: Vec<(u32, Dot)>,
}

impl Dots {
    /// Takes all impressions away and keeps the memory.
    pub fn clear(&mut self) {
        self.of_candidates.clear();
    }

    /// Adds the impression of a candidate. Candidates come in ascending order:
    /// [`changes`] goes by it.
    #[inline]
    pub fn push(&mut self, candidate: u32, dot: Dot) {
        self.of_candidates.push((candidate, dot));
    }

    /// Number of impressions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.of_candidates.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of_candidates.is_empty()
    }

    /// The impressions one by one.
    pub fn iter(&self) -> impl Iterator<Item = Dot> + '_ {
        self.of_candidates.iter().map(|(_, dot)| *dot)
    }
}

/// What makes one list of another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Impressions that are no longer there, or were otherwise.
    pub gone: Vec<Dot>,
    /// Impressions that were not there, or are otherwise now.
    pub come: Vec<Dot>,
}

/// How to make `new` of `old`.
#[must_use]
pub fn changes(old: &Dots, new: &Dots) -> Changes {
    let mut changes = Changes::default();
    let (mut old, mut new) = (old.of_candidates.as_slice(), new.of_candidates.as_slice());
    while let ([(a, gone), old_rest @ ..], [(b, come), new_rest @ ..]) = (old, new) {
        let order = a.cmp(b);
        if order == Ordering::Less || (order == Ordering::Equal && gone != come) {
            changes.gone.push(*gone);
        }
        if order == Ordering::Greater || (order == Ordering::Equal && gone != come) {
            changes.come.push(*come);
        }
        if order != Ordering::Greater {
            old = old_rest;
        }
        if order != Ordering::Less {
            new = new_rest;
        }
    }
    changes.gone.extend(old.iter().map(|(_, dot)| *dot));
    changes.come.extend(new.iter().map(|(_, dot)| *dot));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[(u32, f32)]) -> Dots {
        let mut list = Dots::default();
        for &(candidate, area_px) in entries {
            list.push(candidate, dot(area_px));
        }
        list
    }

    fn dot(area_px: f32) -> Dot {
        Dot {
            x: 5.0,
            y: 5.0,
            sxx: 1.0,
            sxy: 0.0,
            syy: 1.0,
            area_px,
        }
    }

    #[test]
    fn changes_are_what_makes_the_new_list_of_the_old() {
        let old = list(&[(1, 1.0), (3, 3.0), (4, 4.0), (9, 9.0)]);
        let new = list(&[(0, 0.5), (1, 1.0), (3, 3.5), (7, 7.0)]);
        let Changes { gone, come } = changes(&old, &new);
        assert_eq!(gone, [3.0, 4.0, 9.0].map(dot));
        assert_eq!(come, [0.5, 3.5, 7.0].map(dot));
        assert_eq!(changes(&old, &old), Changes::default());
        assert_eq!(changes(&old, &list(&[])).gone.len(), 4);
        assert_eq!(changes(&list(&[]), &new).come.len(), 4);
    }
}
