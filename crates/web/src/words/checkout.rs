//! What the pages say. 해요체, and of every failure: whether money moved, what happens next, what to press.

use super::words;

words! {
    /// The sentences of the pages.
    Words {
        // The frame of the page.
        title: "{merchant} 결제", "Pay {merchant}";
        test_mode: "테스트 모드예요. 실제 돈은 움직이지 않아요.", "Test mode. No real money moves.";
        other_language: "English", "한국어";
        theme_dark: "어두운 화면", "Dark";
        theme_light: "밝은 화면", "Light";
        secured_by: "Steelyard로 안전하게 결제해요", "Payment secured by Steelyard";
        no_script: "스크립트가 꺼져 있어요. 카드, 계좌이체, 가상계좌로 결제할 수 있어요.", "Scripts are off. You can still pay by card, transfer or virtual account.";
        look_again: "지금 상태 확인하기", "Check the current state";
        live: "실시간", "Live";

        // What is paid for.
        summary: "주문 요약", "Order summary";
        to_pay: "결제할 금액", "Amount to pay";
        paid_amount: "결제한 금액", "Amount paid";
        left_label: "결제 시간 {time} 남음", "{time} left to pay";
        left: "남은 시간", "Time left";
        extend: "10분 연장", "10 more minutes";
        extend_none: "더 연장할 수 없어요", "Cannot be extended further";
        quantity: "× {n}", "× {n}";
        each: "하나에 {amount}", "{amount} each";
        more_lines: "외 {n}개 더 보기", "Show {n} more";
        total: "합계", "Total";
        vat_included: "(부가세 {amount} 포함)", "(includes {amount} VAT)";
        tax_free: "(면세 {amount} 포함)", "(includes {amount} tax free)";
        spoken_minutes: "{m}분 {s}초", "{m} min {s} s";
        spoken_seconds: "{s}초", "{s} s";

        // How it is paid.
        methods: "결제 수단", "Payment method";
        app: "앱으로 결제", "Pay with the app";
        app_note: "QR", "QR";
        card: "신용·체크카드", "Credit or debit card";
        card_note: "국내 · 해외", "Korean and foreign";
        transfer: "계좌이체", "Bank transfer";
        transfer_note: "바로 출금", "Paid at once";
        virtual_account: "가상계좌", "Virtual account";
        virtual_account_note: "계좌를 받아 입금", "Pay into an account";
        domestic_card: "국내 카드", "Korean card";
        some_card: "카드", "Card";
        wallet: "스틸야드 머니", "Steelyard Money";
        shaky: "잠시 불안정해요", "Unavailable";
        unavailable_title: "{method}가 잠시 불안정해요", "“{method}” is unavailable for a moment";
        unavailable_money: "돈은 빠져나가지 않았어요.", "No money moved.";
        unavailable_next: "{method}는 지금 쓸 수 있어요.", "“{method}” works.";
        unavailable_all: "조금 뒤에 다시 시도해 주세요. 이 창은 그대로 두어도 돼요.", "Please try again in a little while. You can leave this page open.";
        pay: "{amount} 결제하기", "Pay {amount}";
        prepare: "{amount} 결제 준비하기", "Continue with {amount}";
        prepare_note: "여기서는 확인만 해요. 쇼핑몰이 주문을 확정할 때 결제돼요.", "This only verifies you. You are charged when the shop confirms the order.";
        no_money: "돈은 빠져나가지 않았어요.", "No money moved.";
        maybe_money: "돈이 나갔을 수 있어요.", "Money may have moved.";
        no_more_money: "이번에는 돈이 더 빠져나가지 않았어요.", "No more money moved this time.";

        // The app.
        qr_label: "결제 QR 코드예요. 휴대폰 카메라로 비추세요.", "QR code for this payment. Point your phone's camera at it.";
        qr_scan: "휴대폰 카메라로 비추세요", "Point your phone's camera here";
        qr_code: "카메라가 없으면 앱에 {code} 입력", "No camera? Enter {code} in the app";
        qr_waiting: "스캔을 기다리는 중", "Waiting for the scan";
        qr_next: "뒤 새 코드", "until a new code";
        qr_life: "QR 코드 {time} 남음", "QR code good for {time}";
        qr_make: "QR 코드 만들기", "Make a QR code";
        qr_making: "QR 코드를 만들고 있어요", "Making a QR code";
        qr_open: "이 휴대폰의 앱에서 결제하기", "Pay with the app on this phone";
        scanned: "휴대폰에서 확인 중이에요", "Check your phone";
        scanned_by: "{payer}님이 휴대폰에서 확인 중이에요", "{payer} is checking on the phone";
        confirming: "휴대폰에서 결제를 승인하고 있어요", "Approving on the phone";
        match_what: "앱에서 이 숫자를 골라 주세요", "Choose this number in the app";
        scanned_next: "휴대폰에서 승인하면 이 화면이 저절로 넘어가요.", "This page moves on by itself once you approve on the phone.";

        // The card.
        number: "카드 번호", "Card number";
        expiry: "유효기간", "Expiry";
        expiry_hint: "월/년", "MM/YY";
        cvc: "CVC", "CVC";
        installments: "할부", "Instalments";
        at_once: "일시불", "Pay in full";
        months: "{n}개월", "{n} months";
        domestic: "국내 카드 본인 확인 (선택)", "Korean cards: holder's details (optional)";
        birth: "생년월일 6자리", "Birth date (YYMMDD)";
        birth_hint: "법인카드는 사업자번호 10자리", "Company cards: business number, 10 digits";
        password: "비밀번호 앞 2자리", "First 2 digits of the password";
        card_kept: "카드 정보는 이번 결제에만 쓰고 저장하지 않아요.", "Card details are used for this payment only and not stored.";
        trial: "테스트 카드 번호", "Test card numbers";
        trial_any: "유효기간은 앞으로 올 아무 달", "Any expiry in the future";
        trial_ok: "승인", "Approves";
        trial_declined: "거절", "Declines";
        trial_limit: "한도 부족", "Over its limit";
        trial_secure: "3-D Secure 본인 확인", "Asks for 3-D Secure";
        trial_unknown: "결과를 바로 알 수 없음", "Outcome not known at once";

        // Transfer and virtual account.
        bank: "은행", "Bank";
        bank_find: "은행 찾기", "Find a bank";
        bank_none: "찾는 은행이 없어요. 이름을 다시 확인해 주세요.", "No such bank. Check the name.";
        account_number: "계좌번호", "Account number";
        account_hint: "숫자만 적어 주세요", "Digits only";
        account_make: "입금할 계좌 받기", "Get an account to pay into";
        account_make_note: "은행을 고르면 이 주문만을 위한 계좌를 드려요. 정확히 {amount}을 기한 안에 입금하면 결제가 끝나요.", "Choose a bank and get an account just for this order. Pay exactly {amount} into it in time, and you are done.";

        // 3-D Secure.
        secure_title: "카드사 본인 확인", "Your bank verifies you";
        secure_what: "카드사 화면에서 본인 확인을 마쳐 주세요. 아직 돈은 나가지 않았어요.", "Finish the check on your bank's page. No money has moved yet.";
        secure_frame: "카드사 본인 확인 화면", "Your bank's verification page";
        secure_opening: "카드사 화면을 열고 있어요", "Opening your bank's page";
        secure_blank: "화면이 비었거나 열리지 않으면 전체 화면으로 열어 주세요. 마치면 이 결제로 돌아와요.", "If it stays empty, open it as a full page. It leads back to this payment.";
        secure_whole: "카드사 화면을 전체 화면으로 열기", "Open the bank's page as a full page";
        secure_only: "카드사 화면은 전체 화면으로만 열려요", "Your bank's page opens only as a full page";
        secure_back: "본인 확인을 마치면 이 결제로 돌아와요.", "When you have finished there, it leads back to this payment.";
        secure_go: "카드사 화면으로 가기", "Go to your bank's page";
        other_methods: "다른 방법으로 결제하기", "Pay another way";
        step_card: "카드 정보", "Card";
        step_check: "본인 확인", "Verification";
        step_done: "결제", "Payment";
        returned_title: "본인 확인을 마쳤어요", "Verification finished";
        returned_next: "이 화면은 곧 결과로 바뀌어요.", "This page will show the result in a moment.";
        returned_link: "바뀌지 않으면 여기를 눌러 주세요", "Not changing? Press here";

        // On its way.
        processing: "결제하고 있어요", "Paying";
        processing_money: "결과를 기다리는 중이에요. 다시 결제하지 마세요.", "Waiting for the outcome. Please do not pay again.";
        processing_next: "보통 몇 초면 끝나요. 이 창을 닫아도 결제는 이어지고, 이 주소를 다시 열면 결과가 보여요.", "This takes a few seconds. If you close this page the payment goes on; open this address again to see the outcome.";
        unknown: "결과를 확인하고 있어요", "We are checking the outcome";
        unknown_money: "돈이 나갔을 수 있어요. 다시 결제하지 마세요.", "Money may have moved. Please do not pay again.";
        unknown_next: "카드사나 은행의 답이 늦어지고 있어요. 저희가 계속 확인하고, 결제되지 않았으면 취소까지 마칠게요. 두 번 빠져나가는 일은 없어요.", "The bank is slow to answer. We keep asking, and undo it if it did not go through. You are never charged twice.";
        unknown_since: "확인을 시작한 때", "Checking since";
        unknown_check: "다음 확인", "Next check";
        unknown_checks: "지금까지 확인", "Checks so far";
        times: "{n}번", "{n}";
        unknown_leave: "이 창을 닫아도 확인은 계속돼요.", "You may close this page; the checking goes on.";

        // Waiting for a deposit.
        deposit_title: "입금을 기다리고 있어요", "Waiting for your deposit";
        deposit_what: "아래 계좌에 정확히 {amount}을 입금하면 이 화면이 저절로 바뀌어요.", "Pay exactly {amount} into this account; this page changes by itself.";
        account: "계좌", "Account";
        holder: "예금주", "Account holder";
        due: "입금 기한", "Pay until";
        deposit_amount: "입금할 금액", "Amount";
        copy: "복사", "Copy";
        copy_account: "계좌번호 복사", "Copy the account number";
        test_deposit: "테스트로 입금하기", "Make the test deposit";
        deposit_leave: "이 창을 닫아도 괜찮아요. 기한이 지나면 돈을 받지 않고 주문이 끝나요.", "You may close this page. After that time nothing is accepted and the order ends.";

        // Ends.
        paid: "결제 완료", "Paid";
        paid_title: "결제했어요", "Payment complete";
        authenticated: "확인 완료", "Verified";
        authenticated_title: "결제 준비를 마쳤어요", "Ready for payment";
        authenticated_money: "아직 돈은 나가지 않았어요.", "No money has moved yet.";
        authenticated_next: "쇼핑몰로 돌아가면 쇼핑몰이 주문을 확정하고 결제를 마쳐요. 10분 안에 확정하지 않으면 저절로 취소돼요.", "Back at the shop, the shop confirms the order and completes the payment. Unless it does within 10 minutes, this is undone by itself.";
        expired: "시간 만료", "Expired";
        expired_title: "결제 시간이 지났어요", "The time to pay is over";
        expired_next: "쇼핑몰에서 다시 주문해 주세요.", "Please order again at the shop.";
        canceled: "취소됨", "Canceled";
        canceled_title: "주문이 취소됐어요", "The order was canceled";
        canceled_next: "쇼핑몰에서 다시 주문할 수 있어요.", "You can order again at the shop.";
        back: "쇼핑몰로 돌아가기", "Back to the shop";
        leave: "결제하지 않고 돌아가기", "Leave without paying";
        close: "닫기", "Close";
        stay: "이 화면에 머물기", "Stay on this page";
        method: "결제 수단", "Payment method";
        approval_number: "승인 번호", "Approval number";
        approved_at: "승인 시각", "Approved at";
        payment_id: "결제 번호", "Payment ID";
        order_id: "주문 번호", "Order number";
        merchant: "판매처", "Shop";

        // Inside another app.
        in_app_title: "{app} 안에서 열렸어요", "You are inside {app}";
        in_app_what: "카드사 확인이 막힐 수 있어요. 외부 브라우저에서 열면 안전하게 이어서 결제할 수 있어요.", "Your bank's page may be blocked here. Open this page in your browser to pay safely.";
        in_app_open: "외부 브라우저로 열기", "Open in the browser";
        in_app_menu: "오른쪽 아래나 위의 메뉴에서 '다른 브라우저로 열기'를 눌러 주세요.", "Use the app's menu and choose to open this page in your browser.";

        // Pages with one message.
        nowhere_title: "이 페이지는 없어요", "There is no such page";
        nowhere_next: "주소를 다시 확인해 주세요.", "Check the address.";
        broken_title: "저희 쪽에 문제가 생겼어요", "Something went wrong on our side";
        broken_next: "아래 번호를 알려 주시면 찾아볼게요. 다시 시도하면 같은 결제가 두 번 되지 않아요.", "Tell us the number below and we will look into it. Trying again does not charge you twice.";
        refused_title: "요청을 처리하지 못했어요", "This could not be done";
        refused_next: "한 화면 뒤로 돌아가 다시 시도해 주세요.", "Go back one page and try again.";
        request_id: "요청 번호", "Request ID";
        try_again: "다시 시도하기", "Try again";
    }
}
