//! The columns of sheets of statements, with the headers under which officers write them.

use crate::layers::{Label, label};
use crate::statements::Kind;

#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// The member of a statement that the cells become.
    pub name: &'static str,
    /// The header of the template.
    pub label: Label,
    /// Other headers, folded.
    pub also: &'static [&'static str],
    pub holds: Holds,
    pub is_required: bool,
    /// A cell of the template.
    pub example: &'static str,
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Text,
    Number,
    /// A share of households, written as percent or as a fraction.
    Share,
    Day,
    Period,
    /// A value, with its folded spellings.
    OneOf(&'static [(&'static str, &'static [&'static str])]),
    Operator,
    Tick,
    Unit,
    Hamlet,
    /// The code or the name of an indicator.
    Indicator,
}

use Holds::{Day, Hamlet, Indicator, Number, OneOf, Operator, Share, Text, Tick, Unit};

const fn column(name: &'static str, vi: &'static str, en: &'static str, holds: Holds, example: &'static str) -> Column {
    Column { name, label: label(vi, en), also: &[], holds, is_required: false, example }
}

impl Column {
    const fn also(self, also: &'static [&'static str]) -> Column {
        Column { also, ..self }
    }

    const fn required(self) -> Column {
        Column { is_required: true, ..self }
    }
}

const UNIT: Column = column("unit", "Đơn vị hành chính", "Unit", Unit, "Phường Đông Sơn").also(&[
    "don vi",
    "dia ban",
    "xa",
    "phuong",
    "xa phuong",
    "xa phuong thi tran",
    "ma xa",
    "ma don vi",
    "ten xa",
    "unit code",
    "commune",
    "commune code",
]);
const UNIT_ON: Column =
    column("unit_on", "Ngày của mã đơn vị", "Day of the unit", Day, "").also(&["unit on", "hamlet on", "ngay cua ma"]);
const WITHDRAWN: Column = column("withdrawn", "Rút số liệu", "Withdrawn", Tick, "").also(&["rut", "huy", "thu hoi"]);
const NOTE: Column = column("note", "Ghi chú", "Note", Text, "");
const OF: Column = column("of", "Trên tổng số", "Out of", Number, "63").also(&["tong so", "tong", "of"]);

static INDICATORS: [Column; 9] = [
    column("code", "Mã chỉ tiêu", "Code", Text, "dti.rank").also(&["ma"]).required(),
    column("sentence_vi", "Tên chỉ tiêu", "Sentence (vi)", Text, "Xếp hạng chuyển đổi số")
        .also(&["chi tieu", "vi", "sentence vi"])
        .required(),
    column("sentence_en", "Tên chỉ tiêu (tiếng Anh)", "Sentence (en)", Text, "Rank in digital transformation")
        .also(&["ten tieng anh", "en", "sentence en"])
        .required(),
    column("unit_vi", "Đơn vị tính", "Unit (vi)", Text, "thứ hạng").also(&["unit vi"]).required(),
    column("unit_en", "Đơn vị tính (tiếng Anh)", "Unit (en)", Text, "rank").also(&["unit en"]).required(),
    column(
        "kind",
        "Loại",
        "Kind",
        OneOf(&[
            ("number", &["so", "so luong"]),
            ("share", &["ty le", "ti le", "phan tram"]),
            ("rank", &["thu hang", "xep hang", "hang"]),
            ("level", &["cap do", "muc", "muc do", "cap"]),
        ]),
        "thứ hạng",
    )
    .also(&["loai chi tieu"])
    .required(),
    OF,
    column("decimals", "Số chữ số thập phân", "Decimals", Number, "").also(&["so le"]),
    NOTE,
];

static VALUES: [Column; 11] = [
    column("indicator", "Chỉ tiêu", "Indicator", Indicator, "dti.rank")
        .also(&["ma chi tieu", "ten chi tieu", "code"])
        .required(),
    UNIT.required(),
    UNIT_ON,
    column("period", "Kỳ", "Period", Holds::Period, "Năm 2025").also(&[
        "ky bao cao",
        "ky so lieu",
        "nam",
        "thoi ky",
        "year",
    ]),
    column("from", "Từ ngày", "From", Day, ""),
    column("to", "Đến ngày", "To", Day, ""),
    column("value", "Giá trị", "Value", Number, "52").also(&["so lieu", "ket qua", "gia tri so lieu"]).required(),
    OF,
    column("source", "Nguồn", "Source", Text, "Báo cáo 20/BC-UBND")
        .also(&["van ban", "tai lieu", "nguon so lieu", "document", "can cu"])
        .required(),
    NOTE,
    WITHDRAWN,
];

static BASELINES: [Column; 8] = [
    column("indicator", "Chỉ tiêu", "Indicator", Indicator, "camera_eyes")
        .also(&["ma chi tieu", "ten chi tieu", "code"])
        .required(),
    column("group", "Nhóm", "Group", Text, "").also(&["group value", "phan to"]),
    UNIT.required(),
    UNIT_ON,
    column("on", "Ngày số liệu", "On", Day, "31/12/2022")
        .also(&["ngay", "tinh den ngay", "den ngay", "date", "on day"])
        .required(),
    column("value", "Số đã công bố", "Value", Number, "312").also(&["gia tri", "so lieu"]).required(),
    column("document", "Văn bản", "Document", Text, "Báo cáo 120/BC-UBND")
        .also(&["nguon", "tai lieu", "source"])
        .required(),
    WITHDRAWN,
];

static AVAILABILITY: [Column; 11] = [
    UNIT,
    column("hamlet", "Thôn, tổ dân phố", "Hamlet", Hamlet, "Thôn 1").also(&[
        "thon",
        "to dan pho",
        "thon to dan pho",
        "thon ban",
        "ma thon",
        "ten thon",
        "hamlet code",
    ]),
    UNIT_ON,
    column(
        "technology",
        "Công nghệ",
        "Technology",
        OneOf(&[
            ("fiber", &["cap quang", "fibre", "ftth", "internet cap quang", "quang"]),
            ("2g", &[]),
            ("3g", &[]),
            ("4g", &["lte", "4g lte"]),
            ("5g", &["5g nr"]),
        ]),
        "cáp quang",
    )
    .also(&["dich vu", "loai dich vu"])
    .required(),
    column("operator", "Nhà mạng", "Operator", Operator, "Viettel").also(&["doanh nghiep", "don vi cung cap"]),
    column(
        "state",
        "Tình trạng",
        "State",
        OneOf(&[
            ("connected", &["da ket noi", "da lap", "da dau noi", "dang su dung"]),
            ("available", &["co", "da co", "san sang", "co the lap", "co song", "co dich vu"]),
            ("weak", &["song yeu", "yeu", "chap chon", "lom song"]),
            ("planned", &["ke hoach", "du kien", "dang trien khai"]),
            ("not_available", &["chua co", "khong co", "khong", "chua", "trang song", "not available"]),
            ("unknown", &["chua ro", "khong ro"]),
        ]),
        "đã có",
    )
    .also(&["trang thai", "hien trang"])
    .required(),
    column("share_households", "Tỷ lệ hộ (%)", "Share of households (%)", Share, "90").also(&[
        "ty le ho",
        "ti le ho",
        "ty le",
        "ti le",
        "share households",
    ]),
    column(
        "basis",
        "Căn cứ",
        "Basis",
        OneOf(&[
            ("reported", &["bao cao", "theo bao cao", "khai bao"]),
            ("surveyed", &["khao sat", "dieu tra"]),
            ("measured", &["do kiem", "do dac", "do"]),
            ("modelled", &["mo hinh", "mo phong", "uoc tinh"]),
        ]),
        "báo cáo",
    ),
    column("as_of", "Ngày ghi nhận", "As of", Day, "31/12/2025")
        .also(&["ngay", "tinh den ngay", "den ngay", "thoi diem", "date"])
        .required(),
    column("source", "Nguồn", "Source", Text, "Công văn 15/CV").also(&["van ban", "tai lieu", "document"]),
    WITHDRAWN,
];

/// The columns of sheets of a kind, in the order of the template.
pub fn of(kind: Kind) -> &'static [Column] {
    match kind {
        Kind::Indicators => &INDICATORS,
        Kind::Values => &VALUES,
        Kind::Baselines => &BASELINES,
        Kind::Availability => &AVAILABILITY,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::imports::interpret::fold;

    #[test]
    fn no_header_stands_for_two_columns() {
        for kind in Kind::ALL {
            let mut seen = HashMap::new();
            for column in of(kind) {
                for header in [column.label.vi, column.label.en, column.name].iter().chain(column.also) {
                    let other = *seen.entry(fold(header)).or_insert(column.name);
                    assert_eq!(other, column.name, "{kind:?}: {header}");
                }
            }
        }
    }
}
