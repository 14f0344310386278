use super::*;

fn read(text: &str, order: Order) -> Result<Reading, Vec<NaiveDate>> {
    parse(text, Habit { order, ..Habit::default() })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_habit_of_writing_a_date_is_read() {
    for (text, date, way) in [
        ("01/02/2023", "2023-02-01", Way::Exact),
        ("1.2.2023", "2023-02-01", Way::Exact),
        ("01 / 02 / 2023", "2023-02-01", Way::Exact),
        ("01/02/23", "2023-02-01", Way::Exact),
        ("01/02/98", "1998-02-01", Way::Exact),
        ("01/02/2023 08:30", "2023-02-01", Way::Exact),
        ("01/02/2023 11:59:59 CH", "2023-02-02", Way::Understood),
        ("01/02/2023 12:00 AM", "2023-02-01", Way::Exact),
        ("08h30 01/02/2023", "2023-02-01", Way::Exact),
        ("31/01/2023 23:59:59", "2023-02-01", Way::Understood),
        ("2023-02-01", "2023-02-01", Way::Exact),
        ("2023/2/1", "2023-02-01", Way::Exact),
        ("2023-02-01T00:00:00Z", "2023-02-01", Way::Exact),
        ("2023-01-31T17:00:00.000Z", "2023-02-01", Way::Understood),
        ("2023-01-31T16:59:17Z", "2023-02-01", Way::Understood),
        ("2023-02-01T00:00:00+07:00", "2023-02-01", Way::Exact),
        ("ngày 01 tháng 02 năm 2023", "2023-02-01", Way::Exact),
        ("Ngày 1/2/2023", "2023-02-01", Way::Exact),
        ("Wed, 01 Feb 2023 00:00:00 +0700", "2023-02-01", Way::Understood),
        ("Wed Feb 01 2023 00:00:00 GMT+0700 (Indochina Time)", "2023-02-01", Way::Understood),
        ("1-Feb-2023", "2023-02-01", Way::Exact),
        ("44958", "2023-02-01", Way::Exact),
        ("44957.99950", "2023-02-01", Way::Exact),
        ("20230201", "2023-02-01", Way::Understood),
        ("1675184400", "2023-02-01", Way::Understood),
        ("1675184400000", "2023-02-01", Way::Understood),
        ("tháng 2/2023", "2023-02-01", Way::Partial),
        ("T2/2023", "2023-02-01", Way::Partial),
        ("02-2023", "2023-02-01", Way::Partial),
        ("2.2023", "2023-02-01", Way::Partial),
        ("2023-02", "2023-02-01", Way::Partial),
        ("202302", "2023-02-01", Way::Partial),
        ("Quý II/2023", "2023-04-01", Way::Partial),
        ("2023", "2023-01-01", Way::Partial),
        ("năm 2023", "2023-01-01", Way::Partial),
    ] {
        assert_eq!(read(text, Order::Untold), Ok(Reading { date: day(date), way }), "{text}");
    }
}

#[test]
fn what_is_more_or_less_than_a_date_is_refused_with_the_dates_in_it() {
    for (text, meant) in [
        ("02/13/2023", vec!["2023-02-13"]),
        ("01/02/2023 (dự kiến)", vec!["2023-02-01"]),
        ("01/02/2023 - 05/02/2023", vec!["2023-02-01", "2023-02-05"]),
        ("2023-02-01 hoàn thành", vec!["2023-02-01"]),
        // A day that its month does not have was meant as its last.
        ("31/02/2023", vec!["2023-02-28"]),
        ("31.4.2024", vec!["2024-04-30"]),
        ("32/01/2023", vec![]),
        ("12", vec![]),
        ("trước 2020", vec![]),
        ("<2020", vec![]),
        ("2020+", vec![]),
        ("~2020", vec![]),
        ("-2023", vec![]),
        ("2022-2023", vec![]),
        ("05/2023 - 06/2023", vec![]),
        ("2023-13-01", vec![]),
        ("01022023", vec![]),
        ("01/02/2023 25:00", vec![]),
        ("", vec![]),
    ] {
        let meant: Vec<_> = meant.into_iter().map(day).collect();
        assert_eq!(read(text, Order::Untold).map_err(|found| found == meant), Err(true), "{text}");
    }
}

#[test]
fn the_order_of_a_column_decides() {
    assert_eq!(Order::of(["01/02/2023", "25/12/2023", "chưa rõ"].into_iter()), Order::DayFirst);
    assert_eq!(Order::of(["01/02/2023", "12/25/2023"].into_iter()), Order::MonthFirst);
    assert_eq!(Order::of(["13/02/2023", "12/25/2023"].into_iter()), Order::Both);
    assert_eq!(Order::of(["01/02/2023", "2023-12-25"].into_iter()), Order::Untold);
    let exact = |date| Ok(Reading { date: day(date), way: Way::Exact });
    assert_eq!(read("01/02/2023", Order::MonthFirst), exact("2023-01-02"));
    assert_eq!(read("12/25/2023", Order::MonthFirst), exact("2023-12-25"));
    assert_eq!(read("13/02/2023", Order::Both), exact("2023-02-13"));
    let ambiguous = Way::Ambiguous(day("2023-01-02"));
    assert_eq!(read("01/02/2023", Order::Both), Ok(Reading { date: day("2023-02-01"), way: ambiguous }));
    assert_eq!(read("12/25/2023", Order::Both), Err(vec![day("2023-12-25")]));
}

#[test]
fn days_of_a_workbook_may_count_from_1904() {
    let habit = Habit { since_1904: true, ..Habit::default() };
    let date = |number| of_number(number, habit).map(|reading| reading.date);
    assert_eq!(date(44_958.0 - 1462.0), Some(day("2023-02-01")));
    assert_eq!(date(2023.0), Some(day("2023-01-01")), "a year is a year");
    assert_eq!(date(12.2023), None);
}
