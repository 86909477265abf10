//! Reads flatbuffers, each step checked against the file's end: a file may be
//! cut short, or made to mislead.
//!
//! Only what model files need: tables with their optional fields, vectors,
//! and little-endian numbers. Offsets are relative to where they stand; a
//! table's first entry leads back to its list of fields
//! (<https://flatbuffers.dev/internals/>).

use super::error::ModelError;

/// Bytes at a place of the file.
#[derive(Debug, Clone, Copy)]
struct At<'a> {
    file: &'a [u8],
    place: usize,
}

impl<'a> At<'a> {
    fn moved(self, by: usize) -> Result<Self, ModelError> {
        let place = self.place.checked_add(by).ok_or(self.broken())?;
        Ok(Self { place, ..self })
    }

    fn bytes(self, count: usize) -> Result<&'a [u8], ModelError> {
        self.file
            .get(self.place..)
            .and_then(|rest| rest.get(..count))
            .ok_or(self.broken())
    }

    fn array<const N: usize>(self) -> Result<[u8; N], ModelError> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N)?);
        Ok(array)
    }

    fn u16(self) -> Result<u16, ModelError> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(self) -> Result<usize, ModelError> {
        // At least 32 bits everywhere this runs.
        self.array().map(|bytes| u32::from_le_bytes(bytes) as usize)
    }

    fn i32(self) -> Result<i32, ModelError> {
        self.array().map(i32::from_le_bytes)
    }

    /// Where the offset that stands here leads.
    fn followed(self) -> Result<Self, ModelError> {
        self.moved(self.u32()?)
    }

    fn broken(self) -> ModelError {
        ModelError::Malformed { at: self.place }
    }
}

/// A table: a set of fields known by number, each of which may be missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    start: At<'a>,
    fields: At<'a>,
    fields_bytes: usize,
}

/// A vector of offsets or numbers of four bytes each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vector<'a> {
    start: At<'a>,
    len: usize,
}

impl<'a> Table<'a> {
    /// The table that a file begins with.
    pub(super) fn root(file: &'a [u8]) -> Result<Self, ModelError> {
        Self::new(At { file, place: 0 }.followed()?)
    }

    fn new(start: At<'a>) -> Result<Self, ModelError> {
        let back = i64::from(start.i32()?);
        let place = i64::try_from(start.place).unwrap_or(i64::MAX) - back;
        let fields = At {
            place: usize::try_from(place).map_err(|_| start.broken())?,
            ..start
        };
        Ok(Self {
            start,
            fields,
            fields_bytes: usize::from(fields.u16()?),
        })
    }

    fn field(&self, number: usize) -> Result<Option<At<'a>>, ModelError> {
        let entry = 4 + 2 * number;
        if entry + 2 > self.fields_bytes {
            return Ok(None);
        }
        match self.fields.moved(entry)?.u16()? {
            0 => Ok(None),
            offset => self.start.moved(usize::from(offset)).map(Some),
        }
    }

    /// A field of one signed byte; 0 where missing.
    pub(super) fn i8(&self, number: usize) -> Result<i8, ModelError> {
        let at = self.field(number)?;
        at.map_or(Ok(0), |at| at.array().map(i8::from_le_bytes))
    }

    /// A field that is true or false; false where missing.
    pub(super) fn bool(&self, number: usize) -> Result<bool, ModelError> {
        Ok(self.i8(number)? != 0)
    }

    /// A field of four bytes; `missing` where it is.
    pub(super) fn i32(&self, number: usize, missing: i32) -> Result<i32, ModelError> {
        self.field(number)?.map_or(Ok(missing), At::i32)
    }

    /// A field of four bytes without a sign; 0 where missing.
    pub(super) fn u32(&self, number: usize) -> Result<usize, ModelError> {
        self.field(number)?.map_or(Ok(0), At::u32)
    }

    /// A field that is a table.
    pub(super) fn table(&self, number: usize) -> Result<Option<Self>, ModelError> {
        let at = self.field(number)?;
        at.map(|at| Self::new(at.followed()?)).transpose()
    }

    /// A field that is a vector of offsets or of four-byte numbers; empty
    /// where missing.
    pub(super) fn vector(&self, number: usize) -> Result<Vector<'a>, ModelError> {
        let Some(at) = self.field(number)? else {
            return Ok(Vector {
                start: self.start,
                len: 0,
            });
        };
        let counted = at.followed()?;
        let (start, len) = (counted.moved(4)?, counted.u32()?);
        start.bytes(len.checked_mul(4).ok_or(start.broken())?)?;
        Ok(Vector { start, len })
    }

    /// A field that is a vector of bytes or a text; none where missing.
    pub(super) fn bytes(&self, number: usize) -> Result<Option<&'a [u8]>, ModelError> {
        let Some(at) = self.field(number)? else {
            return Ok(None);
        };
        let counted = at.followed()?;
        counted.moved(4)?.bytes(counted.u32()?).map(Some)
    }
}

impl<'a> Vector<'a> {
    fn entries(self) -> impl Iterator<Item = Result<At<'a>, ModelError>> {
        (0..self.len).map(move |i| self.start.moved(4 * i))
    }

    /// The numbers in it.
    pub(super) fn i32s(self) -> Result<Vec<i32>, ModelError> {
        self.entries().map(|at| at?.i32()).collect()
    }

    /// The tables it leads to.
    pub(super) fn tables(self) -> Result<Vec<Table<'a>>, ModelError> {
        self.entries()
            .map(|at| Table::new(at?.followed()?))
            .collect()
    }
}
