/** The texts of the console's frame: titles of pages, who is signed in, dialogs. */
import { texts } from '../../texts/of';

export const vi = {
  console: 'Sổ hạ tầng số',
  skip: 'Đến nội dung chính',
  pages: 'Các trang',
  start: 'Trang chính',
  map: 'Bản đồ',
  signIn: 'Đăng nhập',
  signOut: 'Đăng xuất',
  account: 'Tài khoản và mật khẩu',
  close: 'Đóng',
  cancel: 'Thôi',
  retry: 'Thử lại',
  loading: 'Đang tải…',
  pageFailed: 'Chưa mở được trang này. Kiểm tra kết nối mạng rồi thử lại.',
  notFound: 'Không có trang này.',
  toStart: 'Về trang chính',
  notAllowed: 'Tài khoản của bạn chưa được giao việc này.',
  askAdministrator: 'Liên hệ người quản trị sổ để được giao.',
  noGrants:
    'Tài khoản chưa được giao địa bàn hoặc nhà mạng nào, nên mới chỉ xem được như người dân. Liên hệ người quản trị sổ để được giao.',
  lacksFactor: 'Tài khoản này phải bật xác thực hai lớp mới dùng được quyền.',
  setUpFactor: 'Bật xác thực hai lớp',
  sessionEnded: 'Phiên làm việc đã hết',
  sessionEndedText: 'Những gì bạn đã nhập vẫn còn nguyên. Đăng nhập ở thẻ vừa mở, rồi quay lại đây bấm “Tiếp tục”.',
  goOn: 'Tiếp tục',
  passwordAgain: 'Nhập lại mật khẩu',
  passwordAgainText: 'Việc này cần xác nhận đúng là bạn.',
  password: 'Mật khẩu',
  wrongPassword: 'Mật khẩu chưa đúng.',
};

export type TextKey = keyof typeof vi;

export const en: Record<TextKey, string> = {
  console: 'Digital infrastructure register',
  skip: 'Skip to the content',
  pages: 'Pages',
  start: 'Home',
  map: 'Map',
  signIn: 'Sign in',
  signOut: 'Sign out',
  account: 'Account and password',
  close: 'Close',
  cancel: 'Cancel',
  retry: 'Try again',
  loading: 'Loading…',
  pageFailed: 'This page did not open. Check the network, then try again.',
  notFound: 'There is no such page.',
  toStart: 'To the home page',
  notAllowed: 'Your account was not given this task.',
  askAdministrator: 'Ask the administrator of the register for it.',
  noGrants: 'This account was given no area and no operator, and sees what anyone sees. Ask the administrator of the register.',
  lacksFactor: 'This account needs a second factor before it may use its rights.',
  setUpFactor: 'Set up a second factor',
  sessionEnded: 'Your session has ended',
  sessionEndedText: 'What you entered is kept. Sign in on the tab that just opened, then come back and press “Continue”.',
  goOn: 'Continue',
  passwordAgain: 'Your password again',
  passwordAgainText: 'This needs a proof that it is you.',
  password: 'Password',
  wrongPassword: 'The password is wrong.',
};

export const t = texts(vi, en);
