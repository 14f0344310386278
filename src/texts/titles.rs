//! The titles of failed requests.

use super::{Label, label};

/// The title by the code that all problems share, where that has one; otherwise by the code of the situation.
pub fn title<'a>(situation: &str, problems: impl IntoIterator<Item = &'a str>) -> Label {
    let of = |code: &str| TITLES.iter().find(|(known, ..)| *known == code).map(|(_, vi, en)| label(vi, en));
    let mut codes = problems.into_iter();
    let shared = codes.next().filter(|first| codes.all(|code| code == *first));
    shared.and_then(of).or_else(|| of(situation)).unwrap_or(label("", ""))
}

/// Code, Vietnamese, English. First the situations, then problems that are a situation of their own.
const TITLES: &[(&str, &str, &str)] = &[
    ("request.invalid", "Yêu cầu không hợp lệ", "The request is not valid"),
    ("auth.required", "Cần đăng nhập", "Credentials are required"),
    ("auth.forbidden", "Không có quyền thực hiện", "Not allowed"),
    ("not_found", "Không tìm thấy", "Not found"),
    ("method.not_allowed", "Phương thức không được hỗ trợ", "The method is not supported here"),
    ("format.not_acceptable", "Không có định dạng được yêu cầu", "No such format"),
    ("conflict", "Không thực hiện được ở trạng thái hiện nay", "This is not possible now"),
    ("version.stale", "Đã có người sửa trước, hãy tải lại", "The record has changed since it was read"),
    ("request.too_large", "Nội dung quá lớn", "The body is too large"),
    ("request.too_long", "Địa chỉ quá dài", "The address is too long"),
    ("format.unsupported", "Kiểu nội dung không được hỗ trợ", "The media type is not supported"),
    ("validation.failed", "Dữ liệu không hợp lệ", "The data is not valid"),
    ("version.required", "Thiếu phiên bản của dữ liệu (If-Match)", "If-Match is required"),
    ("rate.exceeded", "Gửi quá nhiều yêu cầu, vui lòng chờ", "Too many requests: wait"),
    ("request.headers_too_large", "Tiêu đề quá lớn", "The headers are too large"),
    ("overloaded", "Hệ thống đang bận, vui lòng thử lại", "Busy: try again"),
    ("timeout", "Hệ thống xử lý quá lâu, vui lòng thử lại", "The request took too long and was stopped"),
    ("internal", "Lỗi hệ thống", "Internal error"),
    ("auth.failed", "Sai thông tin đăng nhập", "Wrong credentials"),
    ("auth.csrf", "Phiên làm việc thiếu mã xác nhận", "The token of the session is missing or wrong"),
    ("auth.origin", "Trang này không được ghi dữ liệu", "This page may not write"),
    ("auth.session_required", "Cần đăng nhập bằng mật khẩu", "A log-in by password is needed"),
    ("scope.outside", "Ngoài phạm vi được giao", "Outside of what you may write"),
    ("unit.not_valid", "Không có đơn vị này tại ngày đã chọn", "No such unit on this day"),
    ("dup.code", "Mã đã được dùng", "The code is taken"),
    ("dup.external_id", "Mã của đơn vị gửi đã được dùng", "The external id is taken"),
    ("dup.name", "Tên đã được dùng", "The name is taken"),
    ("dup.near", "Có thể bị trùng", "Possible duplicate"),
    ("idempotency.running", "Yêu cầu trước chưa xử lý xong", "The first request has not ended yet"),
    ("idempotency.mismatch", "Khóa đã dùng cho yêu cầu khác", "The key came with another request"),
    ("restore.not_deleted", "Chưa bị xóa", "Not deleted"),
    ("undo.done", "Đã hoàn tác trước đó", "Undone already"),
    ("undo.nothing", "Không hoàn tác được", "Nothing can be undone"),
    ("reclassify.stale", "Bản xem trước không còn đúng", "The plan is out of date"),
    ("import.stale", "Bản xem trước không còn đúng", "The plan is out of date"),
    ("import.other_plan", "Không đúng bản xem trước của lần nhập này", "Not the plan of this import"),
    ("import.not_planned", "Lần nhập này không còn chờ ghi", "The import does not wait to be committed"),
    ("import.not_committed", "Lần nhập này chưa được ghi", "The import is not committed"),
    ("user.console", "Không đổi được tài khoản này", "This account cannot be changed"),
    ("user.disabled", "Tài khoản đang bị khóa", "The account is disabled"),
    ("user.last_administrator", "Phải còn ít nhất một quản trị viên", "An administrator must remain"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_differ_by_their_problem() {
        let english = |codes: &[&'static str]| title("conflict", codes.iter().copied()).en;
        assert_eq!(english(&["dup.code"]), "The code is taken");
        assert_eq!(english(&["import.stale", "import.stale"]), "The plan is out of date");
        assert_eq!(english(&["dup.code", "dup.near"]), "This is not possible now");
        assert_eq!(english(&["unheard.of"]), "This is not possible now");
    }

    #[test]
    fn codes_have_one_title() {
        for (index, (code, ..)) in TITLES.iter().enumerate() {
            assert!(TITLES[..index].iter().all(|(other, ..)| other != code), "{code}");
        }
    }
}
