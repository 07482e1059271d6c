"""Human words for the codes of the log; a code without words shows as it is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ACTIONS: dict[str, str | Promise] = {
    "sign_in": _("Đăng nhập"),
    "sign_out": _("Đăng xuất"),
    "sign_in_failed": _("Đăng nhập sai"),
    "sign_in_locked": _("Khóa đăng nhập tạm thời"),
    "sign_in_address_refused": _("Từ chối đăng nhập từ địa chỉ này"),
    "second_factor_failed": _("Sai mã xác thực"),
    "factor_added": _("Thêm cách xác thực"),
    "factor_removed": _("Bỏ cách xác thực"),
    "password_changed": _("Đổi mật khẩu"),
    "recovery_code_used": _("Dùng mã khôi phục"),
    "recovery_codes_renewed": _("Tạo lại mã khôi phục"),
    "reconfirmed": _("Xác nhận lại danh tính"),
    "session_ended": _("Kết thúc phiên đăng nhập"),
    "sessions_ended": _("Kết thúc các phiên đăng nhập"),
    "session_refused": _("Từ chối phiên đăng nhập"),
    "account_disabled": _("Khóa tài khoản"),
    "account_enabled": _("Mở lại tài khoản"),
    "account_unlocked": _("Mở khóa đăng nhập"),
    "guidance.add": _("Ghi bản ghi P0"),
    "guidance.revise": _("Sửa bản ghi P0"),
    "guidance.revoke": _("Thu hồi bản ghi P0"),
    "guidance.restore": _("Khôi phục bản ghi P0"),
    "guidance.end": _("Kết thúc bản ghi P0"),
    "guidance.import": _("Nhập bản ghi P0 từ tệp"),
    "guidance.add_video": _("Thêm video"),
    "guidance.approve_video": _("Duyệt video"),
    "guidance.expire_video": _("Cho video hết hiệu lực"),
    "guidance.publish_list": _("Công bố danh mục thủ tục"),
    "plan.load": _("Nạp kế hoạch"),
    "plan.adopt_target": _("Ghi chỉ tiêu đơn vị ban hành"),
    "plan.decide_reading": _("Chốt cách hiểu chỉ tiêu"),
    "freeze": _("Khóa số liệu kỳ"),
    "state_figure": _("Khai số liệu"),
    "supersede_figure": _("Thay số liệu đã khai"),
    "units.import": _("Nhập đơn vị từ tệp"),
    "units.load": _("Nạp cây đơn vị"),
    "units.rename": _("Đổi tên đơn vị"),
    "units.place": _("Chuyển đơn vị trực thuộc"),
    "units.retire": _("Kết thúc đơn vị"),
    "units.alias": _("Ghi tên gọi khác của đơn vị"),
    "photo.store": _("Lưu ảnh"),
    "access.create": _("Tạo tài khoản"),
    "access.password": _("Đặt mật khẩu"),
    "access.grant_given": _("Giao quyền"),
    "access.grant_changed": _("Sửa quyền"),
    "access.grant_revoked": _("Thu hồi quyền"),
    "access.grant_confirmed": _("Xác nhận quyền khi rà soát"),
    "access.invited": _("Mời người dùng"),
    "access.invitation_used": _("Đặt mật khẩu lần đầu"),
    "access.view_as_started": _("Bắt đầu xem như người khác"),
    "access.view_as_stopped": _("Thôi xem như người khác"),
    "operations.retry_job": _("Chạy lại việc nền bị lỗi"),
    "audit.export": _("Xuất nhật ký"),
    "usage.expire": _("Xóa lượt xem hết hạn lưu"),
    "people.reveal": _("Hiện số định danh"),
}


def action(code: str) -> str:
    """ "Sửa bản ghi P0" for guidance.revise."""
    return str(_ACTIONS.get(code, code))
