//! How much of a report is taken before it is refused.
//!
//! Every bound is here, with its reason, so that a hostile file costs a known amount of memory and
//! time and an honest one is never near any of them.

/// The bounds within which one report is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Bytes as given. The largest honest report seen was some 100 MB (SARIF with code flows).
    pub upload: u64,
    /// Bytes after gzip has been undone: the reader keeps them in memory.
    pub expanded: u64,
    /// Expanded bytes for one compressed byte. Repetitive JSON stays below 40, bombs reach 1,000.
    /// Not asked below [`Limits::RATIO_FREE`] expanded bytes.
    pub ratio: u64,
    /// Open brackets or elements at once. The deepest honest report seen nests 14.
    pub depth: u32,
    /// Elements of one XML document. A tenth of it makes some 100 MB.
    pub elements: u64,
    /// Bytes of text in one XML element. Burp and Nessus put whole answers of servers there.
    pub element_text: usize,
    /// Observations in one report; the product is measured with a tenth of it.
    pub observations: u64,
    /// Bytes of all observations together: a rule's text stands in each of its results, so a small
    /// report may hand over much, and the caller holds all of it. A hundred thousand results with
    /// two pages of help each stay below.
    pub observed: u64,
    /// Bytes of a description, snippet or other free text; what is longer is cut.
    pub text: usize,
    /// Bytes of a title, name, path or identifier; what is longer is cut.
    pub name: usize,
    /// Refused items that are listed by name; the others are only counted.
    pub refusals: usize,
}

impl Limits {
    /// A small document may be as repetitive as it likes.
    pub const RATIO_FREE: u64 = 8 << 20;
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            upload: 256 << 20,
            expanded: 512 << 20,
            ratio: 200,
            depth: 100,
            elements: 20_000_000,
            element_text: 64 << 20,
            observations: 1_000_000,
            observed: 512 << 20,
            text: 16 << 10,
            name: 1 << 10,
            refusals: 100,
        }
    }
}
