//! The canonical face mesh, out of the protobuf it is published in; and as
//! much of protobuf's wire format as that takes.
//!
//! The message is `mediapipe.face_geometry.GeometryPipelineMetadata`. Of its
//! fields we read 1, the mesh (`Mesh3d`: 1 vertex type, 2 primitive type, 3 the
//! vertices' floats, 4 the triangles' indices), and 2, repeated, the landmarks
//! that a pose is fitted to (1 landmark, 2 weight). A vertex is x, y, z in
//! centimetres and a texture position, which nothing here needs.
//!
//! What the app reads instead ([`mesh`] writes it) is little endian throughout:
//!
//! | bytes | what |
//! |---|---|
//! | u32 | number of vertices, 468 |
//! | 3 × f32 each | x, y, z in cm |
//! | u32 | number of triangles, 898 |
//! | 3 × u16 each | their vertices |
//! | u32 | number of landmarks that the pose is fitted to, 33 |
//! | u16, u16, f32 each | the landmark, zero, its weight |

use anyhow::{Context, Result, bail, ensure};

/// Position and texture: what a vertex of the published mesh holds.
const FLOATS_PER_VERTEX: usize = 5;

/// A field's value, as far as the wire format tells it.
#[derive(Debug, PartialEq)]
enum Field<'a> {
    Varint(u64),
    Fixed32([u8; 4]),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
}

/// The mesh as the app reads it, out of the published message.
pub(crate) fn mesh(message: &[u8]) -> Result<Vec<u8>> {
    let mut floats = Vec::new();
    let mut indices = Vec::new();
    let mut basis = Vec::new();
    for (number, field) in fields(message)? {
        match (number, field) {
            (1, Field::Bytes(mesh)) => read_mesh(mesh, &mut floats, &mut indices)?,
            (2, Field::Bytes(weighted)) => basis.push(weighted_landmark(weighted)?),
            _ => {}
        }
    }
    ensure!(!floats.is_empty(), "the message holds no mesh");
    written(&floats, &indices, &basis)
}

/// Reads a `Mesh3d`. Its repeated numbers may come one by one or packed.
fn read_mesh(message: &[u8], floats: &mut Vec<f32>, indices: &mut Vec<u64>) -> Result<()> {
    for (number, field) in fields(message)? {
        match (number, field) {
            // Position and texture, triangles: the only kinds there are.
            (1 | 2, Field::Varint(kind)) => {
                ensure!(kind == 0, "the mesh is of an unknown kind ({kind})");
            }
            (3, Field::Fixed32(bytes)) => floats.push(f32::from_le_bytes(bytes)),
            (3, Field::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    floats.push(f32::from_le_bytes(taken(&mut packed)?));
                }
            }
            (4, Field::Varint(index)) => indices.push(index),
            (4, Field::Bytes(mut packed)) => {
                while !packed.is_empty() {
                    indices.push(varint(&mut packed)?);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Reads one landmark that the pose is fitted to, and its weight.
fn weighted_landmark(message: &[u8]) -> Result<(u64, f32)> {
    let (mut landmark, mut weight) = (0, 0.0);
    for (number, field) in fields(message)? {
        match (number, field) {
            (1, Field::Varint(id)) => landmark = id,
            (2, Field::Fixed32(bytes)) => weight = f32::from_le_bytes(bytes),
            _ => {}
        }
    }
    Ok((landmark, weight))
}

/// The format at the head of this file; refuses what points at no vertex.
fn written(floats: &[f32], indices: &[u64], basis: &[(u64, f32)]) -> Result<Vec<u8>> {
    ensure!(
        floats.len().is_multiple_of(FLOATS_PER_VERTEX) && indices.len().is_multiple_of(3),
        "the mesh has half a vertex or half a triangle: {} floats, {} indices",
        floats.len(),
        indices.len()
    );
    let vertices = floats.chunks_exact(FLOATS_PER_VERTEX);
    let vertex_count = vertices.len();
    let vertex = |index: u64| -> Result<[u8; 2]> {
        let known = usize::try_from(index).is_ok_and(|i| i < vertex_count);
        ensure!(known, "vertex {index} of {vertex_count} is named");
        Ok(u16::try_from(index)?.to_le_bytes())
    };

    let mut bytes = u32::try_from(vertex_count)?.to_le_bytes().to_vec();
    for position in vertices.flat_map(|v| v.iter().take(3)) {
        bytes.extend(position.to_le_bytes());
    }
    bytes.extend(u32::try_from(indices.len() / 3)?.to_le_bytes());
    for &index in indices {
        bytes.extend(vertex(index)?);
    }
    bytes.extend(u32::try_from(basis.len())?.to_le_bytes());
    for &(landmark, weight) in basis {
        bytes.extend(vertex(landmark)?);
        bytes.extend([0, 0]);
        bytes.extend(weight.to_le_bytes());
    }
    Ok(bytes)
}

/// A message's fields in their order, each with its number.
fn fields(mut message: &[u8]) -> Result<Vec<(u64, Field<'_>)>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message)?;
        let field = match key & 7 {
            0 => Field::Varint(varint(&mut message)?),
            1 => Field::Fixed64(taken(&mut message)?),
            2 => {
                let length = usize::try_from(varint(&mut message)?)?;
                let (bytes, rest) = message
                    .split_at_checked(length)
                    .context("the message ends within a field")?;
                message = rest;
                Field::Bytes(bytes)
            }
            5 => Field::Fixed32(taken(&mut message)?),
            other => bail!("the message has a field of unknown wire type {other}"),
        };
        found.push((key >> 3, field));
    }
    Ok(found)
}

/// Takes a number of variable length: seven bits a byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Result<u64> {
    let mut value = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let [byte] = taken(bytes)?;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            // The tenth byte has room for one bit only.
            ensure!(shift < 63 || byte < 2, "a number has more than 64 bits");
            return Ok(value);
        }
    }
    bail!("a number has more than ten bytes")
}

/// Takes the next `N` bytes.
fn taken<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N]> {
    let (first, rest) = bytes
        .split_first_chunk()
        .context("the message ends within a number")?;
    *bytes = rest;
    Ok(*first)
}

/// Appends a field that is a number.
pub(crate) fn put_number(message: &mut Vec<u8>, field: u64, value: u64) {
    put_varint(message, field << 3);
    put_varint(message, value);
}

/// Appends a field of four bytes that are a float.
pub(crate) fn put_float(message: &mut Vec<u8>, field: u64, value: f32) {
    put_varint(message, field << 3 | 5);
    message.extend(value.to_le_bytes());
}

/// Appends a field of bytes: a text, or another message.
pub(crate) fn put_bytes(message: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(message, field << 3 | 2);
    put_varint(message, bytes.len() as u64);
    message.extend(bytes);
}

/// Appends a number of variable length.
fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value & 0x7f | 0x80) as u8);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One vertex, one triangle, one landmark. `packed` writes the repeated
    /// numbers in one piece, as newer writers do.
    fn message(packed: bool, index: u8) -> Vec<u8> {
        let mut mesh = vec![1 << 3, 0, 2 << 3, 0];
        let floats: Vec<u8> = [1.0f32, 2.0, 3.0, 0.5, 0.5]
            .iter()
            .flat_map(|f| f.to_le_bytes())
            .collect();
        if packed {
            mesh.extend([3 << 3 | 2, 20]);
            mesh.extend(floats);
            mesh.extend([4 << 3 | 2, 3, 0, 0, index]);
        } else {
            for float in floats.chunks(4) {
                mesh.push(3 << 3 | 5);
                mesh.extend(float);
            }
            mesh.extend([4 << 3, 0, 4 << 3, 0, 4 << 3, index]);
        }
        let mut message = vec![1 << 3 | 2, u8::try_from(mesh.len()).unwrap()];
        message.extend(mesh);
        message.extend([2 << 3 | 2, 7, 1 << 3, 0, 2 << 3 | 5]);
        message.extend(0.25f32.to_le_bytes());
        message
    }

    #[test]
    fn models_varints_end_where_they_say() {
        let cases: [(&[u8], u64); 4] = [
            (&[0], 0),
            (&[0x7f], 127),
            (&[0xac, 0x02], 300),
            (
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
                u64::MAX,
            ),
        ];
        for (bytes, expected) in cases {
            let followed = [bytes, &[9]].concat();
            let mut left = followed.as_slice();
            assert_eq!(varint(&mut left).unwrap(), expected);
            assert_eq!(left, [9]);
        }
        let bad: [&[u8]; 3] = [&[], &[0x80], &[0xff; 11]];
        for mut bytes in bad {
            assert!(varint(&mut bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_put_is_read_again() {
        let text = [7; 200];
        let mut message = Vec::new();
        put_number(&mut message, 20, 300);
        put_float(&mut message, 2, 0.25);
        put_bytes(&mut message, 1, &text);
        put_number(&mut message, 3, u64::MAX);
        let expected = [
            (20, Field::Varint(300)),
            (2, Field::Fixed32(0.25f32.to_le_bytes())),
            (1, Field::Bytes(&text)),
            (3, Field::Varint(u64::MAX)),
        ];
        assert_eq!(fields(&message).unwrap(), expected);
    }

    #[test]
    fn models_mesh_is_the_same_packed_or_not() {
        let mut expected = Vec::new();
        expected.extend(1u32.to_le_bytes());
        for position in [1.0f32, 2.0, 3.0] {
            expected.extend(position.to_le_bytes());
        }
        expected.extend(1u32.to_le_bytes());
        expected.extend([0; 6]);
        expected.extend(1u32.to_le_bytes());
        expected.extend([0; 4]);
        expected.extend(0.25f32.to_le_bytes());
        for packed in [false, true] {
            assert_eq!(mesh(&message(packed, 0)).unwrap(), expected);
        }
    }

    #[test]
    fn models_mesh_refuses_what_is_cut_or_points_nowhere() {
        assert!(mesh(&message(false, 1)).is_err(), "there is no vertex 1");
        assert!(mesh(&[]).is_err());
        let whole = message(true, 0);
        // Cut between the two fields it is whole again, without landmarks.
        let between = whole.len() - 9;
        for length in (0..whole.len()).filter(|l| *l != between) {
            assert!(mesh(&whole[..length]).is_err(), "cut at {length}");
        }
    }
}
