//! What this process used, as Linux tells it; elsewhere nothing is told.

use serde::{Deserialize, Serialize};

/// Linux tells programs about processor time in hundredths of a second.
const TICKS_A_SECOND: f64 = 100.0;

/// Processor time and memory of a process since it began.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Usage {
    /// In user space and in the kernel, all threads.
    pub cpu_seconds: f64,
    /// The most resident memory it ever had, in units of 1,048,576 bytes.
    pub peak_megabytes: f64,
}

/// Of the process that asks.
pub fn own() -> Option<Usage> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    // The name in parentheses may hold anything; user and system time are the 12th and 13th after.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    let cpu_seconds = (ticks()? + ticks()?) / TICKS_A_SECOND;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = peak.trim().trim_end_matches(" kB").parse().ok()?;
    Some(Usage { cpu_seconds, peak_megabytes: kilobytes / 1024.0 })
}
