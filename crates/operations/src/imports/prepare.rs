//! What is done with a report before anybody's turn: reading, folding, packing.

use std::io::{Read, Write};

use domain::findings::{Aliases, Incoming, Meant, Observation, fold, names};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use formats::reports::ReadReport;
use store::StoreError;
use store::imports::Bytes;

use super::read_as;
use crate::Refusal;

/// The first bytes of gzip: what came compressed is kept as it came.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A report that was read whole.
pub(super) struct Whole {
    report: ReadReport,
    observations: Vec<Observation>,
    bytes: Bytes,
}

/// A report that is ready to be compared.
pub(crate) struct Prepared {
    pub(crate) report: ReadReport,
    /// In order of identity.
    pub(crate) incoming: Vec<Incoming>,
    /// What it tells of names that was not known.
    pub(crate) learned: Vec<(String, Meant)>,
    pub(crate) bytes: Bytes,
}

pub(super) fn whole(bytes: Vec<u8>, formats: &[String]) -> Result<Whole, Refusal> {
    let formats: Vec<&str> = formats.iter().map(String::as_str).collect();
    let (report, observations) = read_as(&bytes, &formats)?;
    Ok(Whole { report, observations, bytes: packed(bytes)? })
}

impl Whole {
    /// Names that may stand for a CVE.
    pub(super) fn names(&self) -> Vec<String> {
        names(&self.observations)
    }

    /// Folded by what names stand for: what is known, and what the report itself tells.
    pub(super) fn prepared(self, mut aliases: Aliases) -> Prepared {
        let Whole { report, observations, bytes } = self;
        let learned = aliases.learn(&observations);
        let incoming = fold(observations, &|name| aliases.canonical(name));
        Prepared { report, incoming, learned, bytes }
    }
}

/// The bytes of a report as they are kept.
pub(crate) fn packed(bytes: Vec<u8>) -> Result<Bytes, Refusal> {
    if bytes.starts_with(&GZIP) {
        return Ok(Bytes::AsTheyCame(bytes));
    }
    let packed = Vec::with_capacity(bytes.len() / 8);
    let mut packer = GzEncoder::new(packed, Compression::fast());
    let packed = packer.write_all(&bytes).and_then(|()| packer.finish());
    packed.map(Bytes::Packed).map_err(|error| Refusal::Store(damaged(error)))
}

/// The bytes of a report as they came.
pub(super) fn unpacked(bytes: Bytes) -> Result<Vec<u8>, Refusal> {
    match bytes {
        Bytes::AsTheyCame(bytes) => Ok(bytes),
        Bytes::Packed(packed) => {
            let mut bytes = Vec::new();
            let read = GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes);
            read.map(|_| bytes).map_err(|error| Refusal::Store(damaged(error)))
        }
    }
}

fn damaged(error: std::io::Error) -> StoreError {
    StoreError::unreadable("report", error)
}
