//! Pictures where people would rather look, as inline SVG.
//!
//! The rule to remember: geometry is in attributes, looks are in the stylesheet, and every
//! picture has a title and a description that say the same as it shows. The same values
//! draw the same bytes: coordinates are rounded to one decimal. Values that are not finite
//! are left out. Pictures that stretch use percentages across and pixels down, so that
//! their words keep their size on a phone.

mod attribution_bar;
mod canvas;
mod line_of_time;
mod probability_bar;
mod sla_line;
mod sparkline;
mod trend;

pub use attribution_bar::{Portion, attribution_bar};
pub use canvas::Svg;
pub use line_of_time::{Bell, line_of_time};
pub use probability_bar::{Odds, probability_bar};
pub use sla_line::{Holding, SlaLine, sla_line};
pub use sparkline::sparkline;
pub use trend::{Band, Trend, trend};
