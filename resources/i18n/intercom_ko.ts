<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
    <context>
        <name>AreaRail</name>
        <message>
            <source>%1 devices</source>
            <translation>기기 %1개</translation>
        </message>
        <message>
            <source>%1, %2 on</source>
            <translation>%1, %2개 켜짐</translation>
        </message>
        <message>
            <source>1 device</source>
            <translation>기기 1개</translation>
        </message>
        <message>
            <source>Connected</source>
            <translation>연결됨</translation>
        </message>
        <message>
            <source>No link</source>
            <translation>연결 끊김</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>설정</translation>
        </message>
    </context>
    <context>
        <name>ClientRow</name>
        <message>
            <source>Remove</source>
            <translation>해제</translation>
        </message>
        <message>
            <source>What it may do</source>
            <translation>권한 바꾸기</translation>
        </message>
    </context>
    <context>
        <name>CodePad</name>
        <message>
            <source>Code</source>
            <translation>암호</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>지우기</translation>
        </message>
    </context>
    <context>
        <name>ColorControl</name>
        <message>
            <source>Colour</source>
            <translation>색</translation>
        </message>
        <message>
            <source>Hue</source>
            <translation>색상</translation>
        </message>
        <message>
            <source>Saturation</source>
            <translation>채도</translation>
        </message>
    </context>
    <context>
        <name>ControlView</name>
        <message>
            <source>Send</source>
            <translation>보내기</translation>
        </message>
    </context>
    <context>
        <name>DeviceSheetView</name>
        <message>
            <source>Close</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>자세히</translation>
        </message>
        <message>
            <source>Device settings</source>
            <translation>기기 설정</translation>
        </message>
        <message>
            <source>Guests may use it</source>
            <translation>손님도 사용</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>이름</translation>
        </message>
        <message>
            <source>Name and area</source>
            <translation>이름과 공간</translation>
        </message>
        <message>
            <source>No tile for it</source>
            <translation>타일 숨기기</translation>
        </message>
        <message>
            <source>The owner's PIN</source>
            <translation>주인 PIN</translation>
        </message>
    </context>
    <context>
        <name>DeviceTile</name>
        <message>
            <source>Keep pressed</source>
            <translation>길게 누르세요</translation>
        </message>
    </context>
    <context>
        <name>Field</name>
        <message>
            <source>Save</source>
            <translation>저장</translation>
        </message>
    </context>
    <context>
        <name>FirstOwnerView</name>
        <message>
            <source>Asked for before the settings</source>
            <translation>설정을 열 때 묻습니다</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>뒤로</translation>
        </message>
        <message>
            <source>Choose the owner's PIN</source>
            <translation>주인 PIN을 정하세요</translation>
        </message>
        <message>
            <source>Later</source>
            <translation>나중에</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>이름</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>다음</translation>
        </message>
        <message>
            <source>One moment…</source>
            <translation>잠시만요…</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>비밀번호</translation>
        </message>
        <message>
            <source>The owner decides who comes in. With this name and password they log in on any phone or computer in the home.</source>
            <translation>주인은 누가 들어올지 정합니다. 집 안의 휴대폰이나 컴퓨터에서 이 이름과 비밀번호로 로그인합니다.</translation>
        </message>
        <message>
            <source>The same PIN once more</source>
            <translation>같은 PIN을 한 번 더</translation>
        </message>
        <message>
            <source>Who owns this home?</source>
            <translation>이 집의 주인은 누구인가요?</translation>
        </message>
    </context>
    <context>
        <name>Head</name>
        <message>
            <source>Back</source>
            <translation>뒤로</translation>
        </message>
        <message>
            <source>Lights off</source>
            <translation>조명 끄기</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>설정</translation>
        </message>
    </context>
    <context>
        <name>HoldButton</name>
        <message>
            <source>Keep pressed: %1</source>
            <translation>길게 눌러 %1</translation>
        </message>
    </context>
    <context>
        <name>KeyboardView</name>
        <message>
            <source>Another language</source>
            <translation>한영 전환</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>지우기</translation>
        </message>
        <message>
            <source>Digits and symbols</source>
            <translation>숫자와 기호</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>완료</translation>
        </message>
        <message>
            <source>Keyboard</source>
            <translation>키보드</translation>
        </message>
        <message>
            <source>Letters</source>
            <translation>글자</translation>
        </message>
        <message>
            <source>More symbols</source>
            <translation>다른 기호</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>다음</translation>
        </message>
        <message>
            <source>Shift</source>
            <translation>시프트</translation>
        </message>
        <message>
            <source>Shift, locked</source>
            <translation>시프트 고정</translation>
        </message>
        <message>
            <source>Space</source>
            <translation>띄어쓰기</translation>
        </message>
    </context>
    <context>
        <name>NewPersonView</name>
        <message>
            <source>Add</source>
            <translation>추가</translation>
        </message>
        <message>
            <source>Add somebody</source>
            <translation>구성원 추가</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>취소</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>이름</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>비밀번호</translation>
        </message>
    </context>
    <context>
        <name>OptionPicker</name>
        <message>
            <source>Choose</source>
            <translation>선택</translation>
        </message>
    </context>
    <context>
        <name>OwnerBanner</name>
        <message>
            <source>Make the owner</source>
            <translation>주인 등록</translation>
        </message>
        <message>
            <source>This home has no owner yet</source>
            <translation>아직 주인이 등록되지 않았습니다</translation>
        </message>
        <message>
            <source>Whoever stands before this panel may change everything. An owner's PIN keeps that for your family.</source>
            <translation>지금은 이 월패드 앞의 누구나 모든 설정을 바꿀 수 있습니다. 주인 PIN을 정해 두면 가족만 바꿀 수 있습니다.</translation>
        </message>
    </context>
    <context>
        <name>PairingView</name>
        <message>
            <source>A wrong code was typed · %1 left</source>
            <translation>숫자가 틀렸습니다 · %1 남음</translation>
        </message>
        <message>
            <source>Asks to pair</source>
            <translation>연결 요청</translation>
        </message>
        <message>
            <source>Asks to pair · %1</source>
            <translation>연결 요청 · %1</translation>
        </message>
        <message>
            <source>Family</source>
            <translation>가족</translation>
        </message>
        <message>
            <source>Guest</source>
            <translation>손님</translation>
        </message>
        <message>
            <source>Hide QR</source>
            <translation>QR 닫기</translation>
        </message>
        <message>
            <source>Refuse</source>
            <translation>거절</translation>
        </message>
        <message>
            <source>Show QR</source>
            <translation>QR 보기</translation>
        </message>
        <message>
            <source>Type this code on the phone · %1 left</source>
            <translation>휴대폰에 이 숫자를 입력하세요 · %1 남음</translation>
        </message>
    </context>
    <context>
        <name>Panel</name>
        <message>
            <source>%1 cannot be reached: the link is down</source>
            <translation>%1: 연결이 끊겨 조작할 수 없습니다</translation>
        </message>
        <message>
            <source>%1 did not answer</source>
            <translation>%1: 응답이 없습니다</translation>
        </message>
        <message>
            <source>%1 has a new password</source>
            <translation>%1: 비밀번호를 바꿨습니다</translation>
        </message>
        <message>
            <source>%1 has an account · %2</source>
            <translation>%1: 계정 추가 · %2</translation>
        </message>
        <message>
            <source>%1 has other rights · %2</source>
            <translation>%1: 권한 변경 · %2</translation>
        </message>
        <message>
            <source>%1 is the last owner: make somebody else an owner first</source>
            <translation>%1: 마지막 주인입니다. 먼저 다른 사람을 주인으로 정해 주세요</translation>
        </message>
        <message>
            <source>%1 is the owner now</source>
            <translation>%1: 이제 이 집의 주인입니다</translation>
        </message>
        <message>
            <source>%1 lights on</source>
            <translation>조명 %1개 켜짐</translation>
        </message>
        <message>
            <source>%1 logged in · %2</source>
            <translation>%1: 로그인 · %2</translation>
        </message>
        <message>
            <source>%1 logged out</source>
            <translation>%1: 로그아웃</translation>
        </message>
        <message>
            <source>%1 wants to come in</source>
            <translation>%1이(가) 들어오려고 합니다</translation>
        </message>
        <message>
            <source>%1 was let in · %2</source>
            <translation>%1: 연결됨 · %2</translation>
        </message>
        <message>
            <source>%1 was put out</source>
            <translation>%1: 연결을 끊었습니다</translation>
        </message>
        <message>
            <source>%1 was put out: somebody used a stolen key</source>
            <translation>%1: 도난된 인증 정보가 쓰여 연결을 끊었습니다</translation>
        </message>
        <message>
            <source>%1 was refused</source>
            <translation>%1: 연결을 거절했습니다</translation>
        </message>
        <message>
            <source>%1 was removed</source>
            <translation>%1: 연결을 해제했습니다</translation>
        </message>
        <message>
            <source>%1 was to be unlocked, but was not</source>
            <translation>%1: 잠금을 열지 못했습니다</translation>
        </message>
        <message>
            <source>%1 was unlocked</source>
            <translation>%1: 잠금을 열었습니다</translation>
        </message>
        <message>
            <source>1 light on</source>
            <translation>조명 1개 켜짐</translation>
        </message>
        <message>
            <source>A name has at most %1 characters; this one has %2</source>
            <translation>이름은 %1자까지 쓸 수 있습니다 (지금 %2자)</translation>
        </message>
        <message>
            <source>A name has only characters that can be seen</source>
            <translation>이름에는 눈에 보이는 글자만 쓸 수 있습니다</translation>
        </message>
        <message>
            <source>A name is needed</source>
            <translation>이름을 입력하세요</translation>
        </message>
        <message>
            <source>A new PIN was chosen</source>
            <translation>새 PIN을 정했습니다</translation>
        </message>
        <message>
            <source>A new device wants to come in</source>
            <translation>새 기기가 들어오려고 합니다</translation>
        </message>
        <message>
            <source>A new device was refused</source>
            <translation>새 기기의 연결을 거절했습니다</translation>
        </message>
        <message>
            <source>A password has %1 to %2 characters</source>
            <translation>비밀번호는 %1~%2자여야 합니다</translation>
        </message>
        <message>
            <source>A password was typed for an unknown name</source>
            <translation>없는 이름으로 로그인하려고 했습니다</translation>
        </message>
        <message>
            <source>A wrong PIN was typed</source>
            <translation>PIN이 틀렸습니다</translation>
        </message>
        <message>
            <source>A wrong pairing code was typed</source>
            <translation>연결 숫자가 틀렸습니다</translation>
        </message>
        <message>
            <source>A wrong password was typed for %1</source>
            <translation>%1: 비밀번호가 틀렸습니다</translation>
        </message>
        <message>
            <source>Arm, away</source>
            <translation>외출 경비</translation>
        </message>
        <message>
            <source>Arm, custom</source>
            <translation>사용자 경비</translation>
        </message>
        <message>
            <source>Arm, home</source>
            <translation>재실 경비</translation>
        </message>
        <message>
            <source>Arm, night</source>
            <translation>야간 경비</translation>
        </message>
        <message>
            <source>Arm, vacation</source>
            <translation>장기 외출 경비</translation>
        </message>
        <message>
            <source>Back to the dock</source>
            <translation>충전대로</translation>
        </message>
        <message>
            <source>Brightness</source>
            <translation>밝기</translation>
        </message>
        <message>
            <source>Charge</source>
            <translation>충전량</translation>
        </message>
        <message>
            <source>Clean this spot</source>
            <translation>이곳 청소</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>색</translation>
        </message>
        <message>
            <source>Colour temperature</source>
            <translation>색온도</translation>
        </message>
        <message>
            <source>Direction</source>
            <translation>회전 방향</translation>
        </message>
        <message>
            <source>Disarm</source>
            <translation>경비 해제</translation>
        </message>
        <message>
            <source>Effect</source>
            <translation>효과</translation>
        </message>
        <message>
            <source>Elsewhere</source>
            <translation>그 밖</translation>
        </message>
        <message>
            <source>Family</source>
            <translation>가족</translation>
        </message>
        <message>
            <source>Fan</source>
            <translation>바람 세기</translation>
        </message>
        <message>
            <source>Forward</source>
            <translation>정방향</translation>
        </message>
        <message>
            <source>From</source>
            <translation>최저 온도</translation>
        </message>
        <message>
            <source>Guest</source>
            <translation>손님</translation>
        </message>
        <message>
            <source>Humidity</source>
            <translation>습도</translation>
        </message>
        <message>
            <source>Install</source>
            <translation>설치</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>잠그기</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>메시지</translation>
        </message>
        <message>
            <source>Mode</source>
            <translation>모드</translation>
        </message>
        <message>
            <source>None</source>
            <translation>없음</translation>
        </message>
        <message>
            <source>Now</source>
            <translation>현재</translation>
        </message>
        <message>
            <source>Only the owner may do this</source>
            <translation>주인만 할 수 있습니다</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>열기</translation>
        </message>
        <message>
            <source>Open the door</source>
            <translation>문 열기</translation>
        </message>
        <message>
            <source>Operate</source>
            <translation>조작</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>명령</translation>
        </message>
        <message>
            <source>Owner</source>
            <translation>주인</translation>
        </message>
        <message>
            <source>Pause</source>
            <translation>일시 정지</translation>
        </message>
        <message>
            <source>Picture</source>
            <translation>사진</translation>
        </message>
        <message>
            <source>Position</source>
            <translation>열림 정도</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>전원</translation>
        </message>
        <message>
            <source>Preset</source>
            <translation>프리셋</translation>
        </message>
        <message>
            <source>Press</source>
            <translation>누르기</translation>
        </message>
        <message>
            <source>Reverse</source>
            <translation>역방향</translation>
        </message>
        <message>
            <source>Screen</source>
            <translation>화면</translation>
        </message>
        <message>
            <source>Set off</source>
            <translation>경보 울리기</translation>
        </message>
        <message>
            <source>Somebody else is called that already</source>
            <translation>이미 있는 이름입니다</translation>
        </message>
        <message>
            <source>Somebody was turned away after too many tries</source>
            <translation>너무 여러 번 틀려 막았습니다</translation>
        </message>
        <message>
            <source>Something went wrong</source>
            <translation>문제가 생겼습니다</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>속도</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>시작</translation>
        </message>
        <message>
            <source>State</source>
            <translation>상태</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>멈춤</translation>
        </message>
        <message>
            <source>Swing</source>
            <translation>바람 방향</translation>
        </message>
        <message>
            <source>Swing, sideways</source>
            <translation>좌우 바람 방향</translation>
        </message>
        <message>
            <source>Swivel</source>
            <translation>회전</translation>
        </message>
        <message>
            <source>Target humidity</source>
            <translation>설정 습도</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>설정 온도</translation>
        </message>
        <message>
            <source>Text</source>
            <translation>글</translation>
        </message>
        <message>
            <source>That was too often. Try again in a while</source>
            <translation>시도가 너무 잦습니다. 잠시 후 다시 하세요</translation>
        </message>
        <message>
            <source>The account of %1 was removed</source>
            <translation>%1: 계정을 지웠습니다</translation>
        </message>
        <message>
            <source>The clock was behind by %1</source>
            <translation>시계가 %1 늦어져 있었습니다</translation>
        </message>
        <message>
            <source>The new PIN is in use</source>
            <translation>새 PIN이 적용되었습니다</translation>
        </message>
        <message>
            <source>The settings were damaged and restored as of %1</source>
            <translation>설정이 손상되어 %1 상태로 복원되었습니다</translation>
        </message>
        <message>
            <source>The time of %1 is over</source>
            <translation>%1: 사용 기간이 끝났습니다</translation>
        </message>
        <message>
            <source>There are %1 people already</source>
            <translation>이미 %1명이 있습니다</translation>
        </message>
        <message>
            <source>There is an owner already</source>
            <translation>이미 주인이 있습니다</translation>
        </message>
        <message>
            <source>These were two different PINs</source>
            <translation>두 PIN이 서로 다릅니다</translation>
        </message>
        <message>
            <source>This PIN is guessed too easily</source>
            <translation>너무 쉬운 PIN입니다</translation>
        </message>
        <message>
            <source>This cannot be reached at the moment</source>
            <translation>지금은 연결할 수 없습니다</translation>
        </message>
        <message>
            <source>This could not be kept: the disk is full or broken</source>
            <translation>저장하지 못했습니다. 저장 공간이 가득 찼거나 고장일 수 있습니다</translation>
        </message>
        <message>
            <source>This does not fit with what is there already</source>
            <translation>지금 있는 것과 맞지 않습니다</translation>
        </message>
        <message>
            <source>This is not possible here</source>
            <translation>여기서는 할 수 없습니다</translation>
        </message>
        <message>
            <source>This is not the owner's PIN</source>
            <translation>PIN이 맞지 않습니다</translation>
        </message>
        <message>
            <source>This is not there any more</source>
            <translation>이미 없어졌습니다</translation>
        </message>
        <message>
            <source>This password is guessed too easily</source>
            <translation>너무 쉬운 비밀번호입니다</translation>
        </message>
        <message>
            <source>Tilt</source>
            <translation>날개 각도</translation>
        </message>
        <message>
            <source>To</source>
            <translation>최고 온도</translation>
        </message>
        <message>
            <source>Tone</source>
            <translation>소리</translation>
        </message>
        <message>
            <source>Unlock</source>
            <translation>잠금 해제</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>값</translation>
        </message>
        <message>
            <source>Version</source>
            <translation>버전</translation>
        </message>
        <message>
            <source>Version %1 is available. Download it from %2.</source>
            <translation>새 버전 %1이(가) 나왔습니다. %2에서 내려받으세요.</translation>
        </message>
        <message>
            <source>Version %1 is available. Install it with apt.</source>
            <translation>새 버전 %1이(가) 나왔습니다. apt로 설치하세요.</translation>
        </message>
        <message>
            <source>Version %1 is available. Install it with pip.</source>
            <translation>새 버전 %1이(가) 나왔습니다. pip으로 설치하세요.</translation>
        </message>
        <message>
            <source>Volume</source>
            <translation>음량</translation>
        </message>
        <message>
            <source>Where are you?</source>
            <translation>위치 찾기</translation>
        </message>
        <message>
            <source>White</source>
            <translation>백색광</translation>
        </message>
        <message>
            <source>Whole home</source>
            <translation>집 전체</translation>
        </message>
        <message>
            <source>assumed</source>
            <translation>추정</translation>
        </message>
        <message>
            <source>at the panel</source>
            <translation>월패드에서</translation>
        </message>
        <message>
            <source>by %1</source>
            <translation>%1</translation>
        </message>
        <message>
            <source>by the command line</source>
            <translation>명령줄에서</translation>
        </message>
        <message>
            <source>cannot be reached</source>
            <translation>연결 안 됨</translation>
        </message>
        <message>
            <source>d MMM</source>
            <translation>M월 d일</translation>
        </message>
        <message>
            <source>dddd, d MMMM</source>
            <translation>M월 d일 dddd</translation>
        </message>
        <message>
            <source>last here %1</source>
            <translation>최근 접속 %1</translation>
        </message>
        <message>
            <source>login of %1</source>
            <translation>%1 로그인</translation>
        </message>
    </context>
    <context>
        <name>PanelWindow</name>
        <message>
            <source>Intercom</source>
            <translation>인터컴</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>설정</translation>
        </message>
    </context>
    <context>
        <name>PersonView</name>
        <message>
            <source>Close</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>New password</source>
            <translation>새 비밀번호</translation>
        </message>
        <message>
            <source>Remove the account</source>
            <translation>계정 지우기</translation>
        </message>
    </context>
    <context>
        <name>PinPad</name>
        <message>
            <source>%1 digits typed</source>
            <translation>숫자 %1개 입력됨</translation>
        </message>
        <message>
            <source>%1 to %2 digits</source>
            <translation>숫자 %1~%2자리</translation>
        </message>
        <message>
            <source>Confirm</source>
            <translation>확인</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>지우기</translation>
        </message>
        <message>
            <source>Too many wrong tries · again in %1</source>
            <translation>여러 번 틀렸습니다 · %1 후에 다시 시도하세요</translation>
        </message>
    </context>
    <context>
        <name>PinView</name>
        <message>
            <source>Close</source>
            <translation>닫기</translation>
        </message>
    </context>
    <context>
        <name>SettingsConnect</name>
        <message>
            <source>Broker (MQTT)</source>
            <translation>브로커 (MQTT)</translation>
        </message>
        <message>
            <source>Connect devices</source>
            <translation>기기 연결</translation>
        </message>
        <message>
            <source>Connected</source>
            <translation>연결됨</translation>
        </message>
        <message>
            <source>For calls and for the app, a phone has to trust this home once. This code shows how.</source>
            <translation>통화와 앱 설치를 위해 휴대폰이 이 집을 한 번 신뢰해야 합니다. 이 코드를 찍으면 방법이 나옵니다.</translation>
        </message>
        <message>
            <source>Hide the password</source>
            <translation>비밀번호 숨기기</translation>
        </message>
        <message>
            <source>Link to the broker</source>
            <translation>브로커 연결</translation>
        </message>
        <message>
            <source>No link</source>
            <translation>연결 끊김</translation>
        </message>
        <message>
            <source>Open this address in the phone's browser. A code then appears here.</source>
            <translation>휴대폰 브라우저에서 이 주소를 여세요. 이 화면에 숫자가 나타납니다.</translation>
        </message>
        <message>
            <source>Pair a phone</source>
            <translation>휴대폰 연결</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>비밀번호</translation>
        </message>
        <message>
            <source>Secure address</source>
            <translation>보안 주소</translation>
        </message>
        <message>
            <source>Show the password</source>
            <translation>비밀번호 보기</translation>
        </message>
        <message>
            <source>The phone has to show the same digits:</source>
            <translation>휴대폰에도 똑같이 나와야 합니다:</translation>
        </message>
        <message>
            <source>User</source>
            <translation>사용자</translation>
        </message>
    </context>
    <context>
        <name>SettingsLog</name>
        <message>
            <source>Nothing has happened yet</source>
            <translation>아직 기록이 없습니다</translation>
        </message>
        <message>
            <source>Older</source>
            <translation>이전 기록</translation>
        </message>
    </context>
    <context>
        <name>SettingsPage</name>
        <message>
            <source>Connect</source>
            <translation>연결</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>기록</translation>
        </message>
        <message>
            <source>People</source>
            <translation>구성원</translation>
        </message>
        <message>
            <source>The owner's PIN</source>
            <translation>주인 PIN</translation>
        </message>
        <message>
            <source>This panel</source>
            <translation>이 월패드</translation>
        </message>
    </context>
    <context>
        <name>SettingsPanel</name>
        <message>
            <source>Appearance</source>
            <translation>화면</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>어둡게</translation>
        </message>
        <message>
            <source>Erase this home</source>
            <translation>모두 지우기</translation>
        </message>
        <message>
            <source>For moving out: forgets people, phones, names, areas and all that happened. The devices themselves keep what they know.</source>
            <translation>이사할 때 쓰세요. 구성원, 휴대폰, 이름, 공간과 모든 기록을 지웁니다. 기기 자체의 설정은 그대로 남습니다.</translation>
        </message>
        <message>
            <source>Less motion</source>
            <translation>움직임 줄이기</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>밝게</translation>
        </message>
        <message>
            <source>Like the system</source>
            <translation>시스템 설정</translation>
        </message>
        <message>
            <source>Newer version</source>
            <translation>새 버전</translation>
        </message>
        <message>
            <source>Start anew</source>
            <translation>초기화</translation>
        </message>
        <message>
            <source>System language</source>
            <translation>시스템 언어</translation>
        </message>
        <message>
            <source>Version %1</source>
            <translation>버전 %1</translation>
        </message>
    </context>
    <context>
        <name>SettingsPeople</name>
        <message>
            <source>Add somebody</source>
            <translation>구성원 추가</translation>
        </message>
        <message>
            <source>Allow logins again</source>
            <translation>다시 로그인 허용</translation>
        </message>
        <message>
            <source>Allow pairing again</source>
            <translation>다시 연결 허용</translation>
        </message>
        <message>
            <source>Change</source>
            <translation>변경</translation>
        </message>
        <message>
            <source>Change the PIN</source>
            <translation>PIN 변경</translation>
        </message>
        <message>
            <source>Choose a PIN</source>
            <translation>PIN 정하기</translation>
        </message>
        <message>
            <source>It is asked for before the settings, and before a device gets another name or place.</source>
            <translation>설정에 들어갈 때, 그리고 기기의 이름이나 공간을 바꿀 때 물어봅니다.</translation>
        </message>
        <message>
            <source>Nobody has an account yet</source>
            <translation>아직 계정이 없습니다</translation>
        </message>
        <message>
            <source>Nothing is paired yet</source>
            <translation>아직 연결된 기기가 없습니다</translation>
        </message>
        <message>
            <source>PIN for this panel</source>
            <translation>이 월패드의 PIN</translation>
        </message>
        <message>
            <source>Paired</source>
            <translation>연결된 휴대폰과 컴퓨터</translation>
        </message>
        <message>
            <source>People who log in</source>
            <translation>로그인하는 사람</translation>
        </message>
        <message>
            <source>The new PIN</source>
            <translation>새 PIN</translation>
        </message>
        <message>
            <source>The same PIN once more</source>
            <translation>같은 PIN을 한 번 더</translation>
        </message>
        <message>
            <source>Too many wrong codes were typed: for an hour no more are taken.</source>
            <translation>숫자를 너무 여러 번 틀렸습니다. 한 시간 동안 연결할 수 없습니다.</translation>
        </message>
        <message>
            <source>Too many wrong passwords were typed: for an hour no more are taken.</source>
            <translation>비밀번호를 너무 여러 번 틀렸습니다. 한 시간 동안 로그인할 수 없습니다.</translation>
        </message>
        <message>
            <source>Without a PIN, whoever stands before this panel may change everything.</source>
            <translation>PIN이 없으면 이 월패드 앞의 누구나 모든 설정을 바꿀 수 있습니다.</translation>
        </message>
    </context>
    <context>
        <name>Stepper</name>
        <message>
            <source>Less</source>
            <translation>내리기</translation>
        </message>
        <message>
            <source>More</source>
            <translation>올리기</translation>
        </message>
    </context>
    <context>
        <name>TextEntry</name>
        <message>
            <source>Hide what is typed</source>
            <translation>입력 내용 숨기기</translation>
        </message>
        <message>
            <source>Show what is typed</source>
            <translation>입력 내용 보기</translation>
        </message>
    </context>
    <context>
        <name>Tile</name>
        <message>
            <source>%1 % open</source>
            <translation>%1 % 열림</translation>
        </message>
        <message>
            <source>%1 at %2</source>
            <translation>%1 · %2</translation>
        </message>
        <message>
            <source>%1 on</source>
            <translation>%1개 켜짐</translation>
        </message>
        <message>
            <source>Acidity</source>
            <translation>산성도</translation>
        </message>
        <message>
            <source>Air pressure</source>
            <translation>기압</translation>
        </message>
        <message>
            <source>Air quality</source>
            <translation>공기 질</translation>
        </message>
        <message>
            <source>Alarm!</source>
            <translation>경보!</translation>
        </message>
        <message>
            <source>All off</source>
            <translation>모두 꺼짐</translation>
        </message>
        <message>
            <source>Apparent power</source>
            <translation>피상 전력</translation>
        </message>
        <message>
            <source>Armed, away</source>
            <translation>외출 경비 중</translation>
        </message>
        <message>
            <source>Armed, custom</source>
            <translation>사용자 경비 중</translation>
        </message>
        <message>
            <source>Armed, home</source>
            <translation>재실 경비 중</translation>
        </message>
        <message>
            <source>Armed, night</source>
            <translation>야간 경비 중</translation>
        </message>
        <message>
            <source>Armed, vacation</source>
            <translation>장기 외출 경비 중</translation>
        </message>
        <message>
            <source>Asks for a code</source>
            <translation>암호 필요</translation>
        </message>
        <message>
            <source>Auto</source>
            <translation>자동</translation>
        </message>
        <message>
            <source>Away</source>
            <translation>외출</translation>
        </message>
        <message>
            <source>Battery</source>
            <translation>배터리</translation>
        </message>
        <message>
            <source>Battery charging</source>
            <translation>배터리 충전</translation>
        </message>
        <message>
            <source>Boost</source>
            <translation>강력</translation>
        </message>
        <message>
            <source>Brightness</source>
            <translation>밝기</translation>
        </message>
        <message>
            <source>Cannot be reached</source>
            <translation>연결 안 됨</translation>
        </message>
        <message>
            <source>Carbon dioxide</source>
            <translation>이산화탄소</translation>
        </message>
        <message>
            <source>Carbon monoxide</source>
            <translation>일산화탄소</translation>
        </message>
        <message>
            <source>Carbon monoxide!</source>
            <translation>일산화탄소!</translation>
        </message>
        <message>
            <source>Charging</source>
            <translation>충전 중</translation>
        </message>
        <message>
            <source>Clear</source>
            <translation>이상 없음</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>닫힘</translation>
        </message>
        <message>
            <source>Cold</source>
            <translation>추움</translation>
        </message>
        <message>
            <source>Comfort</source>
            <translation>쾌적</translation>
        </message>
        <message>
            <source>Connected</source>
            <translation>연결됨</translation>
        </message>
        <message>
            <source>Connection</source>
            <translation>연결</translation>
        </message>
        <message>
            <source>Cool</source>
            <translation>냉방</translation>
        </message>
        <message>
            <source>Current</source>
            <translation>전류</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>어두움</translation>
        </message>
        <message>
            <source>Date</source>
            <translation>날짜</translation>
        </message>
        <message>
            <source>Disarmed</source>
            <translation>경비 해제됨</translation>
        </message>
        <message>
            <source>Disconnected</source>
            <translation>연결 끊김</translation>
        </message>
        <message>
            <source>Distance</source>
            <translation>거리</translation>
        </message>
        <message>
            <source>Docked</source>
            <translation>충전대에 있음</translation>
        </message>
        <message>
            <source>Door</source>
            <translation>문</translation>
        </message>
        <message>
            <source>Dry</source>
            <translation>건조</translation>
        </message>
        <message>
            <source>Duration</source>
            <translation>시간</translation>
        </message>
        <message>
            <source>Eco</source>
            <translation>절약</translation>
        </message>
        <message>
            <source>Electric</source>
            <translation>전기</translation>
        </message>
        <message>
            <source>Electric power</source>
            <translation>전력</translation>
        </message>
        <message>
            <source>Emergency heating</source>
            <translation>비상 난방</translation>
        </message>
        <message>
            <source>Empty</source>
            <translation>비어 있음</translation>
        </message>
        <message>
            <source>Energy</source>
            <translation>전력량</translation>
        </message>
        <message>
            <source>Entry delay</source>
            <translation>진입 대기</translation>
        </message>
        <message>
            <source>Fan only</source>
            <translation>송풍</translation>
        </message>
        <message>
            <source>Fine dust PM1</source>
            <translation>극초미세먼지 PM1</translation>
        </message>
        <message>
            <source>Fine dust PM10</source>
            <translation>미세먼지 PM10</translation>
        </message>
        <message>
            <source>Fine dust PM2.5</source>
            <translation>초미세먼지 PM2.5</translation>
        </message>
        <message>
            <source>Frequency</source>
            <translation>주파수</translation>
        </message>
        <message>
            <source>Garage door</source>
            <translation>차고 문</translation>
        </message>
        <message>
            <source>Gas</source>
            <translation>가스</translation>
        </message>
        <message>
            <source>Gas!</source>
            <translation>가스 누출!</translation>
        </message>
        <message>
            <source>Heat</source>
            <translation>난방</translation>
        </message>
        <message>
            <source>Heat and cool</source>
            <translation>냉난방</translation>
        </message>
        <message>
            <source>Heat pump</source>
            <translation>히트 펌프</translation>
        </message>
        <message>
            <source>High</source>
            <translation>높음</translation>
        </message>
        <message>
            <source>High demand</source>
            <translation>고출력</translation>
        </message>
        <message>
            <source>High temperature</source>
            <translation>고온</translation>
        </message>
        <message>
            <source>Home</source>
            <translation>집에 있음</translation>
        </message>
        <message>
            <source>Hot</source>
            <translation>뜨거움</translation>
        </message>
        <message>
            <source>Humidity</source>
            <translation>습도</translation>
        </message>
        <message>
            <source>Idle</source>
            <translation>대기 중</translation>
        </message>
        <message>
            <source>Install %1</source>
            <translation>%1 설치 가능</translation>
        </message>
        <message>
            <source>Installing… %1 %</source>
            <translation>설치 중… %1 %</translation>
        </message>
        <message>
            <source>Irradiance</source>
            <translation>일사량</translation>
        </message>
        <message>
            <source>Jammed</source>
            <translation>걸림</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>밝음</translation>
        </message>
        <message>
            <source>Light sensor</source>
            <translation>빛</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>잠금</translation>
        </message>
        <message>
            <source>Locked</source>
            <translation>잠김</translation>
        </message>
        <message>
            <source>Loudness</source>
            <translation>소음</translation>
        </message>
        <message>
            <source>Low</source>
            <translation>낮음</translation>
        </message>
        <message>
            <source>Low temperature</source>
            <translation>저온</translation>
        </message>
        <message>
            <source>Manual</source>
            <translation>수동</translation>
        </message>
        <message>
            <source>Medium</source>
            <translation>중간</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>메시지</translation>
        </message>
        <message>
            <source>Moisture</source>
            <translation>물기</translation>
        </message>
        <message>
            <source>Motion</source>
            <translation>움직임 있음</translation>
        </message>
        <message>
            <source>Motion sensor</source>
            <translation>움직임</translation>
        </message>
        <message>
            <source>Movement</source>
            <translation>이동</translation>
        </message>
        <message>
            <source>Moving</source>
            <translation>움직이는 중</translation>
        </message>
        <message>
            <source>Needs help</source>
            <translation>도움 필요</translation>
        </message>
        <message>
            <source>Never</source>
            <translation>아직 없음</translation>
        </message>
        <message>
            <source>Nitrogen dioxide</source>
            <translation>이산화질소</translation>
        </message>
        <message>
            <source>No motion</source>
            <translation>움직임 없음</translation>
        </message>
        <message>
            <source>No news since %1</source>
            <translation>%1부터 소식 없음</translation>
        </message>
        <message>
            <source>No picture yet</source>
            <translation>아직 사진 없음</translation>
        </message>
        <message>
            <source>No power</source>
            <translation>전원 없음</translation>
        </message>
        <message>
            <source>No state yet</source>
            <translation>아직 상태 없음</translation>
        </message>
        <message>
            <source>Noise</source>
            <translation>소리</translation>
        </message>
        <message>
            <source>None</source>
            <translation>없음</translation>
        </message>
        <message>
            <source>Normal</source>
            <translation>보통</translation>
        </message>
        <message>
            <source>Not charging</source>
            <translation>충전 안 함</translation>
        </message>
        <message>
            <source>Not running</source>
            <translation>멈춤</translation>
        </message>
        <message>
            <source>OK</source>
            <translation>정상</translation>
        </message>
        <message>
            <source>Occupancy</source>
            <translation>재실</translation>
        </message>
        <message>
            <source>Occupied</source>
            <translation>사람 있음</translation>
        </message>
        <message>
            <source>Off</source>
            <translation>꺼짐</translation>
        </message>
        <message>
            <source>On</source>
            <translation>켜짐</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>열림</translation>
        </message>
        <message>
            <source>Opening</source>
            <translation>열림</translation>
        </message>
        <message>
            <source>Operation</source>
            <translation>작동</translation>
        </message>
        <message>
            <source>Ozone</source>
            <translation>오존</translation>
        </message>
        <message>
            <source>Paused</source>
            <translation>일시 정지</translation>
        </message>
        <message>
            <source>Performance</source>
            <translation>고성능</translation>
        </message>
        <message>
            <source>Plug</source>
            <translation>플러그</translation>
        </message>
        <message>
            <source>Plugged in</source>
            <translation>꽂힘</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>전원 있음</translation>
        </message>
        <message>
            <source>Power factor</source>
            <translation>역률</translation>
        </message>
        <message>
            <source>Presence</source>
            <translation>있음</translation>
        </message>
        <message>
            <source>Press</source>
            <translation>누르기</translation>
        </message>
        <message>
            <source>Pressure</source>
            <translation>압력</translation>
        </message>
        <message>
            <source>Problem</source>
            <translation>문제 있음</translation>
        </message>
        <message>
            <source>Quiet</source>
            <translation>조용함</translation>
        </message>
        <message>
            <source>Rain</source>
            <translation>강수량</translation>
        </message>
        <message>
            <source>Reactive power</source>
            <translation>무효 전력</translation>
        </message>
        <message>
            <source>Returning</source>
            <translation>돌아가는 중</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>작동 중</translation>
        </message>
        <message>
            <source>Safe</source>
            <translation>안전</translation>
        </message>
        <message>
            <source>Safety</source>
            <translation>안전</translation>
        </message>
        <message>
            <source>Set to %1</source>
            <translation>설정 %1</translation>
        </message>
        <message>
            <source>Signal</source>
            <translation>신호 세기</translation>
        </message>
        <message>
            <source>Sleep</source>
            <translation>수면</translation>
        </message>
        <message>
            <source>Smoke</source>
            <translation>연기</translation>
        </message>
        <message>
            <source>Smoke!</source>
            <translation>연기 감지!</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>소리 감지</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>속도</translation>
        </message>
        <message>
            <source>Speed %1</source>
            <translation>%1단</translation>
        </message>
        <message>
            <source>Speed %1 %</source>
            <translation>속도 %1 %</translation>
        </message>
        <message>
            <source>Standard</source>
            <translation>표준</translation>
        </message>
        <message>
            <source>Still</source>
            <translation>움직임 없음</translation>
        </message>
        <message>
            <source>Stopped</source>
            <translation>멈춤</translation>
        </message>
        <message>
            <source>Tampered with</source>
            <translation>훼손 감지</translation>
        </message>
        <message>
            <source>Tampering</source>
            <translation>훼손</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>온도</translation>
        </message>
        <message>
            <source>The disk cannot be written. Everything works, but nothing new is kept.</source>
            <translation>디스크에 쓸 수 없습니다. 모두 작동하지만 새로운 내용은 저장되지 않습니다.</translation>
        </message>
        <message>
            <source>The disk is full. Everything works, but nothing new is kept.</source>
            <translation>디스크가 가득 찼습니다. 모두 작동하지만 새로운 내용은 저장되지 않습니다.</translation>
        </message>
        <message>
            <source>The settings were damaged, and there was no copy. The home begins anew.</source>
            <translation>설정이 손상되었고 사본이 없어 집을 처음부터 새로 시작합니다.</translation>
        </message>
        <message>
            <source>The settings were damaged. They were restored as of %1.</source>
            <translation>설정이 손상되어 %1 상태로 복원했습니다.</translation>
        </message>
        <message>
            <source>The settings were damaged. They were restored as of %1. Every phone has to be paired again; please look at the people as well.</source>
            <translation>설정이 손상되어 %1 상태로 복원했습니다. 모든 휴대폰을 다시 연결해야 하며, 구성원도 확인해 주세요.</translation>
        </message>
        <message>
            <source>Time</source>
            <translation>시각</translation>
        </message>
        <message>
            <source>Trouble</source>
            <translation>문제</translation>
        </message>
        <message>
            <source>Turbo</source>
            <translation>터보</translation>
        </message>
        <message>
            <source>Unlocked</source>
            <translation>잠금 풀림</translation>
        </message>
        <message>
            <source>Unplugged</source>
            <translation>뽑힘</translation>
        </message>
        <message>
            <source>Unsafe</source>
            <translation>위험</translation>
        </message>
        <message>
            <source>Untouched</source>
            <translation>훼손 없음</translation>
        </message>
        <message>
            <source>Up to date</source>
            <translation>최신</translation>
        </message>
        <message>
            <source>Update</source>
            <translation>업데이트</translation>
        </message>
        <message>
            <source>Update available</source>
            <translation>업데이트 있음</translation>
        </message>
        <message>
            <source>Vibration</source>
            <translation>진동 감지</translation>
        </message>
        <message>
            <source>Vibration sensor</source>
            <translation>진동</translation>
        </message>
        <message>
            <source>Volatile compounds</source>
            <translation>휘발성 화합물</translation>
        </message>
        <message>
            <source>Voltage</source>
            <translation>전압</translation>
        </message>
        <message>
            <source>Volume</source>
            <translation>부피</translation>
        </message>
        <message>
            <source>Water</source>
            <translation>물</translation>
        </message>
        <message>
            <source>Weight</source>
            <translation>무게</translation>
        </message>
        <message>
            <source>Wet</source>
            <translation>젖음</translation>
        </message>
        <message>
            <source>Wind</source>
            <translation>풍속</translation>
        </message>
        <message>
            <source>Window</source>
            <translation>창문</translation>
        </message>
        <message>
            <source>Working</source>
            <translation>작업 중</translation>
        </message>
        <message>
            <source>arming…</source>
            <translation>경비 설정 중…</translation>
        </message>
        <message>
            <source>assumed</source>
            <translation>추정</translation>
        </message>
        <message>
            <source>at %1</source>
            <translation>%1</translation>
        </message>
        <message>
            <source>at home</source>
            <translation>집에 있음</translation>
        </message>
        <message>
            <source>away</source>
            <translation>외출 중</translation>
        </message>
        <message>
            <source>closing…</source>
            <translation>닫는 중…</translation>
        </message>
        <message>
            <source>cooling</source>
            <translation>냉방 중</translation>
        </message>
        <message>
            <source>defrosting</source>
            <translation>제상 중</translation>
        </message>
        <message>
            <source>disarming…</source>
            <translation>경비 해제 중…</translation>
        </message>
        <message>
            <source>drying</source>
            <translation>제습 중</translation>
        </message>
        <message>
            <source>fan running</source>
            <translation>송풍 중</translation>
        </message>
        <message>
            <source>heating</source>
            <translation>난방 중</translation>
        </message>
        <message>
            <source>humidifying</source>
            <translation>가습 중</translation>
        </message>
        <message>
            <source>idle</source>
            <translation>대기 중</translation>
        </message>
        <message>
            <source>installing…</source>
            <translation>설치 중…</translation>
        </message>
        <message>
            <source>locking…</source>
            <translation>잠그는 중…</translation>
        </message>
        <message>
            <source>opening…</source>
            <translation>여는 중…</translation>
        </message>
        <message>
            <source>preheating</source>
            <translation>예열 중</translation>
        </message>
        <message>
            <source>setting…</source>
            <translation>설정 중…</translation>
        </message>
        <message>
            <source>turning off…</source>
            <translation>끄는 중…</translation>
        </message>
        <message>
            <source>turning on…</source>
            <translation>켜는 중…</translation>
        </message>
        <message>
            <source>unlocking…</source>
            <translation>잠금 해제 중…</translation>
        </message>
    </context>
    <context>
        <name>TileGrid</name>
        <message>
            <source>Devices that find the home's broker appear by themselves. Its address and password are in the settings.</source>
            <translation>집의 브로커에 연결된 기기는 자동으로 나타납니다. 주소와 비밀번호는 설정에 있습니다.</translation>
        </message>
        <message>
            <source>No devices here yet</source>
            <translation>아직 기기가 없습니다</translation>
        </message>
    </context>
    <context>
        <name>TroubleBanner</name>
        <message>
            <source>Understood</source>
            <translation>확인</translation>
        </message>
    </context>
    <context>
        <name>Web</name>
        <message>
            <source>%1 changed what %2 may do: now %3</source>
            <translation>%1이(가) %2의 권한을 바꿨습니다: %3</translation>
        </message>
        <message>
            <source>%1 characters or more</source>
            <translation>%1자 이상</translation>
        </message>
        <message>
            <source>%1 chose another password</source>
            <translation>%1이(가) 비밀번호를 바꿨습니다</translation>
        </message>
        <message>
            <source>%1 devices</source>
            <translation>기기 %1개</translation>
        </message>
        <message>
            <source>%1 did not accept that</source>
            <translation>%1: 받아들이지 않았습니다</translation>
        </message>
        <message>
            <source>%1 gave %2 another password</source>
            <translation>%1이(가) %2의 비밀번호를 새로 정했습니다</translation>
        </message>
        <message>
            <source>%1 is no longer there</source>
            <translation>%1이(가) 더 이상 없습니다</translation>
        </message>
        <message>
            <source>%1 left</source>
            <translation>%1 남음</translation>
        </message>
        <message>
            <source>%1 let %2 in as %3</source>
            <translation>%1이(가) %2을(를) 들였습니다 (%3)</translation>
        </message>
        <message>
            <source>%1 logged in as %2</source>
            <translation>%1이(가) 로그인했습니다 (%2)</translation>
        </message>
        <message>
            <source>%1 made the account %2 as %3</source>
            <translation>%1이(가) 계정 %2을(를) 만들었습니다 (%3)</translation>
        </message>
        <message>
            <source>%1 on</source>
            <translation>%1개 켜짐</translation>
        </message>
        <message>
            <source>%1 on %2</source>
            <translation>%2의 %1</translation>
        </message>
        <message>
            <source>%1 removed %2</source>
            <translation>%1이(가) %2의 연결을 해제했습니다</translation>
        </message>
        <message>
            <source>%1 removed the account %2</source>
            <translation>%1이(가) 계정 %2을(를) 삭제했습니다</translation>
        </message>
        <message>
            <source>%1 tries left</source>
            <translation>%1번 더 입력할 수 있습니다</translation>
        </message>
        <message>
            <source>%1 unlocked %2</source>
            <translation>%1이(가) %2을(를) 열었습니다</translation>
        </message>
        <message>
            <source>%1 wanted to unlock %2, which did not happen</source>
            <translation>%1이(가) %2을(를) 열려고 했지만 열리지 않았습니다</translation>
        </message>
        <message>
            <source>%1 was away for long and is logged out</source>
            <translation>%1: 오래 쓰지 않아 로그아웃되었습니다</translation>
        </message>
        <message>
            <source>%1: asked</source>
            <translation>%1: 요청함</translation>
        </message>
        <message>
            <source>%1: details</source>
            <translation>%1: 자세히</translation>
        </message>
        <message>
            <source>%1: less</source>
            <translation>%1: 줄이기</translation>
        </message>
        <message>
            <source>%1: more</source>
            <translation>%1: 늘리기</translation>
        </message>
        <message>
            <source>%1: not connected to the home</source>
            <translation>%1: 집에 연결되어 있지 않습니다</translation>
        </message>
        <message>
            <source>%1: press again to confirm</source>
            <translation>%1: 한 번 더 누르면 실행합니다</translation>
        </message>
        <message>
            <source>%1: the home did not answer</source>
            <translation>%1: 집이 응답하지 않았습니다</translation>
        </message>
        <message>
            <source>%1: the link to the device is down</source>
            <translation>%1: 기기와 연결이 끊겼습니다</translation>
        </message>
        <message>
            <source>%1: this is outside the hours that were chosen for you</source>
            <translation>%1: 정해진 시간이 아닙니다</translation>
        </message>
        <message>
            <source>%1: this was asked before. Ask again.</source>
            <translation>%1: 이미 보낸 요청입니다. 다시 시도하세요.</translation>
        </message>
        <message>
            <source>%1: too much at once</source>
            <translation>%1: 요청이 너무 많습니다</translation>
        </message>
        <message>
            <source>%1: you may not do that</source>
            <translation>%1: 권한이 없습니다</translation>
        </message>
        <message>
            <source>1 device</source>
            <translation>기기 1개</translation>
        </message>
        <message>
            <source>1 try left</source>
            <translation>한 번 더 입력할 수 있습니다</translation>
        </message>
        <message>
            <source>A PIN has four to eight digits.</source>
            <translation>PIN은 숫자 4~8자리입니다.</translation>
        </message>
        <message>
            <source>A PIN that was set before no longer works.</source>
            <translation>전에 정한 PIN은 더 이상 쓸 수 없습니다.</translation>
        </message>
        <message>
            <source>A browser</source>
            <translation>브라우저</translation>
        </message>
        <message>
            <source>A new password</source>
            <translation>새 비밀번호</translation>
        </message>
        <message>
            <source>A used key of %1 was tried again, perhaps by a thief, so it was put out</source>
            <translation>%1의 지난 인증 정보가 다시 쓰였습니다. 도용일 수 있어 연결을 끊었습니다</translation>
        </message>
        <message>
            <source>Accounts</source>
            <translation>계정</translation>
        </message>
        <message>
            <source>Add an account</source>
            <translation>계정 추가</translation>
        </message>
        <message>
            <source>Add the account</source>
            <translation>계정 만들기</translation>
        </message>
        <message>
            <source>All devices and what happened</source>
            <translation>모든 기기와 기록</translation>
        </message>
        <message>
            <source>All devices, and codes for pairing</source>
            <translation>모든 기기와 연결용 숫자</translation>
        </message>
        <message>
            <source>All that are shared with guests</source>
            <translation>손님에게 공개된 모든 기기</translation>
        </message>
        <message>
            <source>Android</source>
            <translation>Android</translation>
        </message>
        <message>
            <source>Another device is being paired. Try again in a moment.</source>
            <translation>다른 기기를 연결하는 중입니다. 잠시 후 다시 시도하세요.</translation>
        </message>
        <message>
            <source>Areas</source>
            <translation>공간</translation>
        </message>
        <message>
            <source>Ask again</source>
            <translation>다시 요청</translation>
        </message>
        <message>
            <source>Ask to pair</source>
            <translation>연결 요청</translation>
        </message>
        <message>
            <source>At any time</source>
            <translation>언제나</translation>
        </message>
        <message>
            <source>At chosen hours</source>
            <translation>정한 시간에만</translation>
        </message>
        <message>
            <source>Back</source>
            <translation>뒤로</translation>
        </message>
        <message>
            <source>Battery %1 %</source>
            <translation>배터리 %1 %</translation>
        </message>
        <message>
            <source>Begins at</source>
            <translation>시작</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>취소</translation>
        </message>
        <message>
            <source>Change the password</source>
            <translation>비밀번호 바꾸기</translation>
        </message>
        <message>
            <source>Choose the file and let it identify websites.</source>
            <translation>파일을 고르고 웹사이트 식별에 쓰도록 허용하세요.</translation>
        </message>
        <message>
            <source>Choose “Always Trust”, close the window and type your password.</source>
            <translation>‘항상 신뢰’를 고르고 창을 닫은 뒤 암호를 입력하세요.</translation>
        </message>
        <message>
            <source>Choose “Current User”, then “Place all certificates in the following store”.</source>
            <translation>‘현재 사용자’를 고른 다음 ‘모든 인증서를 다음 저장소에 저장’을 고르세요.</translation>
        </message>
        <message>
            <source>Choose “Install anyway”, then the file intercom-ca.crt.</source>
            <translation>‘무시하고 설치’를 누르고 intercom-ca.crt 파일을 고르세요.</translation>
        </message>
        <message>
            <source>Choose “Trusted Root Certification Authorities” and confirm.</source>
            <translation>‘신뢰할 수 있는 루트 인증 기관’을 고르고 확인하세요.</translation>
        </message>
        <message>
            <source>Close the sheet</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>Code</source>
            <translation>암호</translation>
        </message>
        <message>
            <source>Code from the wall</source>
            <translation>벽 화면의 숫자</translation>
        </message>
        <message>
            <source>Come in</source>
            <translation>들어오기</translation>
        </message>
        <message>
            <source>Compare first</source>
            <translation>먼저 비교하세요</translation>
        </message>
        <message>
            <source>Connected</source>
            <translation>연결됨</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>연결하는 중…</translation>
        </message>
        <message>
            <source>Days</source>
            <translation>요일</translation>
        </message>
        <message>
            <source>Details</source>
            <translation>자세히</translation>
        </message>
        <message>
            <source>Devices</source>
            <translation>기기</translation>
        </message>
        <message>
            <source>Disconnect from the home</source>
            <translation>집과 연결 끊기</translation>
        </message>
        <message>
            <source>Dismiss</source>
            <translation>닫기</translation>
        </message>
        <message>
            <source>Done</source>
            <translation>완료했습니다</translation>
        </message>
        <message>
            <source>Double-click the one that begins with “Intercom” and open “Trust”.</source>
            <translation>‘Intercom’으로 시작하는 인증서를 두 번 클릭하고 ‘신뢰’를 여세요.</translation>
        </message>
        <message>
            <source>Download</source>
            <translation>내려받기</translation>
        </message>
        <message>
            <source>Ends at</source>
            <translation>끝</translation>
        </message>
        <message>
            <source>Everything, and who may come in</source>
            <translation>모든 것과 구성원 관리</translation>
        </message>
        <message>
            <source>Firefox on a computer</source>
            <translation>컴퓨터의 Firefox</translation>
        </message>
        <message>
            <source>Four to eight digits</source>
            <translation>숫자 4~8자리</translation>
        </message>
        <message>
            <source>Here the browser allows neither the microphone for calls nor the installation as an app.</source>
            <translation>이 주소에서는 브라우저가 통화용 마이크와 앱 설치를 허용하지 않습니다.</translation>
        </message>
        <message>
            <source>Home</source>
            <translation>집</translation>
        </message>
        <message>
            <source>Hue</source>
            <translation>색상</translation>
        </message>
        <message>
            <source>If your browser did not warn you on the way, there is nothing left to do.</source>
            <translation>오는 길에 브라우저가 경고하지 않았다면 더 할 일이 없습니다.</translation>
        </message>
        <message>
            <source>Import the file and let it identify websites.</source>
            <translation>파일을 가져오고 웹사이트 식별에 쓰도록 허용하세요.</translation>
        </message>
        <message>
            <source>In Safari, load the profile and allow it.</source>
            <translation>Safari에서 프로파일을 내려받고 허용하세요.</translation>
        </message>
        <message>
            <source>It is switched off in the configuration of the home.</source>
            <translation>집의 설정 파일에서 꺼져 있습니다.</translation>
        </message>
        <message>
            <source>Lights off</source>
            <translation>조명 끄기</translation>
        </message>
        <message>
            <source>Linux, Chromebook: Chrome and Chromium</source>
            <translation>리눅스, 크롬북: Chrome, Chromium</translation>
        </message>
        <message>
            <source>Load the certificate</source>
            <translation>인증서 내려받기</translation>
        </message>
        <message>
            <source>Load the certificate and open the file: Keychain Access takes it.</source>
            <translation>인증서를 내려받아 파일을 여세요. ‘키체인 접근’에 추가됩니다.</translation>
        </message>
        <message>
            <source>Load the certificate, open the file and choose “Install Certificate”.</source>
            <translation>인증서를 내려받아 파일을 열고 ‘인증서 설치’를 누르세요.</translation>
        </message>
        <message>
            <source>Load the certificate; keep the file if the browser warns.</source>
            <translation>인증서를 내려받으세요. 브라우저가 경고하면 ‘유지’를 고르세요.</translation>
        </message>
        <message>
            <source>Load the profile</source>
            <translation>프로파일 내려받기</translation>
        </message>
        <message>
            <source>Loading…</source>
            <translation>불러오는 중…</translation>
        </message>
        <message>
            <source>Log in</source>
            <translation>로그인</translation>
        </message>
        <message>
            <source>Log in with a name and password</source>
            <translation>이름과 비밀번호로 로그인</translation>
        </message>
        <message>
            <source>Log out</source>
            <translation>로그아웃</translation>
        </message>
        <message>
            <source>Look at the wall</source>
            <translation>벽 화면을 보세요</translation>
        </message>
        <message>
            <source>Mac</source>
            <translation>Mac</translation>
        </message>
        <message>
            <source>May act as</source>
            <translation>권한</translation>
        </message>
        <message>
            <source>May see what happened</source>
            <translation>기록 보기 허용</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>이름</translation>
        </message>
        <message>
            <source>Name of this device</source>
            <translation>이 기기의 이름</translation>
        </message>
        <message>
            <source>New PIN</source>
            <translation>새 PIN</translation>
        </message>
        <message>
            <source>New password</source>
            <translation>새 비밀번호</translation>
        </message>
        <message>
            <source>Newer version</source>
            <translation>새 버전</translation>
        </message>
        <message>
            <source>No account has this name and password.</source>
            <translation>이름 또는 비밀번호가 맞지 않습니다.</translation>
        </message>
        <message>
            <source>No browser knows your home by itself. Tell this device once that it may trust it, and use the secure address from then on: only there a browser allows the microphone for calls, and the installation as an app.</source>
            <translation>브라우저는 우리 집을 저절로 알아보지 못합니다. 이 기기가 집을 신뢰하도록 한 번만 설정하고, 그 뒤로는 보안 주소를 쓰세요. 통화용 마이크와 앱 설치는 보안 주소에서만 됩니다.</translation>
        </message>
        <message>
            <source>No devices yet. What the home finds appears here by itself.</source>
            <translation>아직 기기가 없습니다. 집이 찾은 기기는 여기에 저절로 나타납니다.</translation>
        </message>
        <message>
            <source>Not connected</source>
            <translation>연결 안 됨</translation>
        </message>
        <message>
            <source>Not the secure address</source>
            <translation>보안 주소가 아닙니다</translation>
        </message>
        <message>
            <source>Nothing is in this area yet.</source>
            <translation>이 공간에는 아직 아무것도 없습니다.</translation>
        </message>
        <message>
            <source>Nothing is open to you as a guest yet.</source>
            <translation>아직 손님에게 공개된 기기가 없습니다.</translation>
        </message>
        <message>
            <source>Nothing yet</source>
            <translation>아직 없습니다</translation>
        </message>
        <message>
            <source>Of the devices above</source>
            <translation>위의 기기에 한해</translation>
        </message>
        <message>
            <source>Only these</source>
            <translation>고른 기기만</translation>
        </message>
        <message>
            <source>Open Firefox's settings: Privacy and Security, View Certificates, Authorities, Import.</source>
            <translation>Firefox 설정에서 개인 정보 및 보안, 인증서 보기, 인증 기관, 가져오기를 차례로 여세요.</translation>
        </message>
        <message>
            <source>Open the Settings app and search for “CA certificate”. Mostly it is under Security, More security settings, Install from storage.</source>
            <translation>설정 앱에서 ‘CA 인증서’를 검색하세요. 보통 보안 및 개인정보 보호, 기타 보안 설정, 휴대전화 저장공간에서 설치 안에 있습니다.</translation>
        </message>
        <message>
            <source>Open the Settings app, tap “Profile Downloaded” at the top, then “Install”.</source>
            <translation>설정 앱을 열고 맨 위의 ‘프로파일이 다운로드됨’을 누른 다음 ‘설치’를 누르세요.</translation>
        </message>
        <message>
            <source>Open the browser's settings: Privacy and security, Security, Manage certificates, then the certificates of your own that are trusted, or “Authorities”.</source>
            <translation>브라우저 설정에서 개인 정보 보호 및 보안, 보안, 인증서 관리를 열고, 내가 신뢰하는 인증서나 ‘인증 기관’으로 가세요.</translation>
        </message>
        <message>
            <source>Open the home</source>
            <translation>집 열기</translation>
        </message>
        <message>
            <source>Open the secure address</source>
            <translation>보안 주소 열기</translation>
        </message>
        <message>
            <source>Our home</source>
            <translation>우리 집</translation>
        </message>
        <message>
            <source>Pair this device instead</source>
            <translation>벽 화면의 숫자로 연결하기</translation>
        </message>
        <message>
            <source>Pair this device there once more. From now on, use that address only.</source>
            <translation>거기에서 이 기기를 한 번 더 연결하세요. 앞으로는 그 주소만 쓰세요.</translation>
        </message>
        <message>
            <source>Pair this device with the home. The panel on the wall will show who asks, and a code.</source>
            <translation>이 기기를 집에 연결합니다. 벽 화면에 요청한 기기와 숫자가 나타납니다.</translation>
        </message>
        <message>
            <source>Password</source>
            <translation>비밀번호</translation>
        </message>
        <message>
            <source>People</source>
            <translation>구성원</translation>
        </message>
        <message>
            <source>Present password</source>
            <translation>현재 비밀번호</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>해제</translation>
        </message>
        <message>
            <source>Remove %1</source>
            <translation>%1 연결 해제</translation>
        </message>
        <message>
            <source>Remove %1?</source>
            <translation>%1의 연결을 해제할까요?</translation>
        </message>
        <message>
            <source>Remove the account</source>
            <translation>계정 삭제</translation>
        </message>
        <message>
            <source>Remove the account %1? Its logins end.</source>
            <translation>계정 %1을(를) 삭제할까요? 이 계정의 로그인이 모두 끝납니다.</translation>
        </message>
        <message>
            <source>Remove this device</source>
            <translation>이 기기 연결 해제</translation>
        </message>
        <message>
            <source>Saturation</source>
            <translation>채도</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>저장</translation>
        </message>
        <message>
            <source>Send</source>
            <translation>보내기</translation>
        </message>
        <message>
            <source>Set</source>
            <translation>설정</translation>
        </message>
        <message>
            <source>Set the PIN</source>
            <translation>PIN 정하기</translation>
        </message>
        <message>
            <source>Set the password</source>
            <translation>비밀번호 정하기</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>설정</translation>
        </message>
        <message>
            <source>Show older ones</source>
            <translation>이전 기록 보기</translation>
        </message>
        <message>
            <source>Show what is typed</source>
            <translation>입력한 글자 보기</translation>
        </message>
        <message>
            <source>Somebody</source>
            <translation>누군가</translation>
        </message>
        <message>
            <source>Somebody gave a wrong PIN at the panel</source>
            <translation>벽 화면에 틀린 PIN이 입력되었습니다</translation>
        </message>
        <message>
            <source>Somebody gave a wrong name or password</source>
            <translation>틀린 이름 또는 비밀번호가 입력되었습니다</translation>
        </message>
        <message>
            <source>Somebody gave a wrong pairing code</source>
            <translation>틀린 연결용 숫자가 입력되었습니다</translation>
        </message>
        <message>
            <source>Somebody gave a wrong password for %1</source>
            <translation>%1의 비밀번호가 틀리게 입력되었습니다</translation>
        </message>
        <message>
            <source>Something that this page has no words for</source>
            <translation>이 화면이 모르는 일이 있었습니다</translation>
        </message>
        <message>
            <source>Stale since %1. Reconnecting…</source>
            <translation>%1부터 소식이 없습니다. 다시 연결하는 중…</translation>
        </message>
        <message>
            <source>Still in Settings: General, About, Certificate Trust Settings. Turn on the one that begins with “Intercom”.</source>
            <translation>설정 앱에서 일반, 정보, 인증서 신뢰 설정을 차례로 열고 ‘Intercom’으로 시작하는 항목을 켜세요.</translation>
        </message>
        <message>
            <source>That is not the code.</source>
            <translation>숫자가 다릅니다.</translation>
        </message>
        <message>
            <source>That is not there any more.</source>
            <translation>더 이상 없습니다.</translation>
        </message>
        <message>
            <source>That is not your password.</source>
            <translation>현재 비밀번호가 아닙니다.</translation>
        </message>
        <message>
            <source>That was the last try. Ask for a new code.</source>
            <translation>마지막 기회였습니다. 새 숫자를 요청하세요.</translation>
        </message>
        <message>
            <source>The certificate of this home was made by somebody else, whom this device may trust already. Whoever looks after the home knows more.</source>
            <translation>이 집의 인증서는 다른 곳에서 발급했으므로 이 기기가 이미 신뢰할 수도 있습니다. 자세한 것은 집을 관리하는 사람에게 물어보세요.</translation>
        </message>
        <message>
            <source>The code has ended, or was refused at the panel.</source>
            <translation>숫자가 만료되었거나 벽 화면에서 거절했습니다.</translation>
        </message>
        <message>
            <source>The code has ended.</source>
            <translation>숫자가 만료되었습니다.</translation>
        </message>
        <message>
            <source>The device's own page</source>
            <translation>기기 설정 페이지</translation>
        </message>
        <message>
            <source>The home cannot be reached</source>
            <translation>집에 연결할 수 없습니다</translation>
        </message>
        <message>
            <source>The home cannot be reached. Trying again…</source>
            <translation>집에 연결할 수 없습니다. 다시 시도하는 중…</translation>
        </message>
        <message>
            <source>The home is busy. Try again in a moment.</source>
            <translation>지금은 요청이 많습니다. 잠시 후 다시 시도하세요.</translation>
        </message>
        <message>
            <source>The home opens here by itself when it is time.</source>
            <translation>시간이 되면 저절로 열립니다.</translation>
        </message>
        <message>
            <source>The machine itself</source>
            <translation>관리 명령</translation>
        </message>
        <message>
            <source>The machine's clock was behind: %1</source>
            <translation>기계의 시계가 늦어져 있었습니다: %1</translation>
        </message>
        <message>
            <source>The new password is set.</source>
            <translation>비밀번호를 바꿨습니다.</translation>
        </message>
        <message>
            <source>The owner's PIN</source>
            <translation>주인 PIN</translation>
        </message>
        <message>
            <source>The owner's PIN was set</source>
            <translation>주인 PIN이 정해졌습니다</translation>
        </message>
        <message>
            <source>The panel</source>
            <translation>벽 화면</translation>
        </message>
        <message>
            <source>The panel on the wall</source>
            <translation>벽 화면</translation>
        </message>
        <message>
            <source>The panel on the wall asks for it before its settings.</source>
            <translation>벽 화면에서 설정을 열 때 묻습니다.</translation>
        </message>
        <message>
            <source>The panel refused %1</source>
            <translation>벽 화면에서 %1을(를) 거절했습니다</translation>
        </message>
        <message>
            <source>The picture cannot be shown</source>
            <translation>사진을 표시할 수 없습니다</translation>
        </message>
        <message>
            <source>The settings page of the panel on the wall shows the same digits. If they differ, do not go on: somebody may stand between this device and the home.</source>
            <translation>벽 화면의 설정에 똑같은 값이 나옵니다. 다르면 계속하지 마세요. 이 기기와 집 사이에 누군가 끼어들었을 수 있습니다.</translation>
        </message>
        <message>
            <source>The settings were damaged, and restored as of %1</source>
            <translation>설정이 손상되어 %1 상태로 복원되었습니다</translation>
        </message>
        <message>
            <source>Then</source>
            <translation>그다음</translation>
        </message>
        <message>
            <source>There are too many accounts already.</source>
            <translation>계정이 너무 많습니다.</translation>
        </message>
        <message>
            <source>There is an account of this name already.</source>
            <translation>같은 이름의 계정이 이미 있습니다.</translation>
        </message>
        <message>
            <source>There is nothing to install</source>
            <translation>설치할 것이 없습니다</translation>
        </message>
        <message>
            <source>This device</source>
            <translation>이 기기</translation>
        </message>
        <message>
            <source>This device is disconnected. Pair it again to come back.</source>
            <translation>연결을 끊었습니다. 돌아오려면 다시 연결하세요.</translation>
        </message>
        <message>
            <source>This device was disconnected at the home. Pair it again to come back.</source>
            <translation>집에서 이 기기의 연결을 끊었습니다. 돌아오려면 다시 연결하세요.</translation>
        </message>
        <message>
            <source>This home has no secure address</source>
            <translation>이 집에는 보안 주소가 없습니다</translation>
        </message>
        <message>
            <source>This is guessed too easily. Choose another.</source>
            <translation>너무 쉽게 맞힐 수 있습니다. 다른 것을 고르세요.</translation>
        </message>
        <message>
            <source>This is outside the hours that were chosen for you.</source>
            <translation>지금은 정해진 시간이 아닙니다.</translation>
        </message>
        <message>
            <source>This is the device in your hand. Another owner can change what it may do.</source>
            <translation>지금 쓰고 있는 기기입니다. 권한은 다른 주인이 바꿀 수 있습니다.</translation>
        </message>
        <message>
            <source>This is the last owner. Make another owner first.</source>
            <translation>마지막 주인입니다. 먼저 다른 주인을 정하세요.</translation>
        </message>
        <message>
            <source>Tiles and everything else work.</source>
            <translation>타일과 나머지 기능은 모두 됩니다.</translation>
        </message>
        <message>
            <source>To come back, this device has to be paired again.</source>
            <translation>돌아오려면 다시 연결해야 합니다.</translation>
        </message>
        <message>
            <source>Too many tries, or refused at the panel. Try again later.</source>
            <translation>시도가 너무 많거나 벽 화면에서 거절했습니다. 나중에 다시 시도하세요.</translation>
        </message>
        <message>
            <source>Too many wrong passwords. Try again in %1 minutes.</source>
            <translation>비밀번호가 여러 번 틀렸습니다. %1분 뒤에 다시 시도하세요.</translation>
        </message>
        <message>
            <source>Too many wrong passwords. Try again in a minute.</source>
            <translation>비밀번호가 여러 번 틀렸습니다. 1분 뒤에 다시 시도하세요.</translation>
        </message>
        <message>
            <source>Too many wrong tries: no more are taken for a while</source>
            <translation>틀린 시도가 너무 많아 한동안 받지 않습니다</translation>
        </message>
        <message>
            <source>Trust this home</source>
            <translation>이 집 신뢰하기</translation>
        </message>
        <message>
            <source>Try now</source>
            <translation>지금 시도</translation>
        </message>
        <message>
            <source>Type the six digits that the panel shows.</source>
            <translation>화면에 나타난 여섯 자리 숫자를 입력하세요.</translation>
        </message>
        <message>
            <source>Until the next day</source>
            <translation>다음 날까지</translation>
        </message>
        <message>
            <source>Use the secure address</source>
            <translation>보안 주소 쓰기</translation>
        </message>
        <message>
            <source>What happened</source>
            <translation>기록</translation>
        </message>
        <message>
            <source>What you choose</source>
            <translation>고른 기기와 시간만</translation>
        </message>
        <message>
            <source>What you install vouches for names and addresses within a home only, never for a site on the internet.</source>
            <translation>설치하는 인증서는 집 안의 이름과 주소만 보증하며, 인터넷의 사이트는 결코 보증하지 못합니다.</translation>
        </message>
        <message>
            <source>When</source>
            <translation>시간</translation>
        </message>
        <message>
            <source>Who has an account comes in from any browser, by name and password.</source>
            <translation>계정이 있으면 어느 브라우저에서나 이름과 비밀번호로 들어옵니다.</translation>
        </message>
        <message>
            <source>Who is in</source>
            <translation>들어와 있는 기기</translation>
        </message>
        <message>
            <source>Who is logged in with the old one has to log in again.</source>
            <translation>지금 비밀번호로 로그인한 기기는 다시 로그인해야 합니다.</translation>
        </message>
        <message>
            <source>Windows</source>
            <translation>Windows</translation>
        </message>
        <message>
            <source>With the name and password that an owner of the home gave you.</source>
            <translation>집주인에게 받은 이름과 비밀번호를 입력하세요.</translation>
        </message>
        <message>
            <source>Without the secure address: no microphone, no installation as an app</source>
            <translation>보안 주소가 아니어서 마이크와 앱 설치는 쓸 수 없습니다</translation>
        </message>
        <message>
            <source>You are at the secure address</source>
            <translation>지금 보안 주소에 있습니다</translation>
        </message>
        <message>
            <source>You are logged out.</source>
            <translation>로그아웃했습니다.</translation>
        </message>
        <message>
            <source>You may not do that.</source>
            <translation>권한이 없습니다.</translation>
        </message>
        <message>
            <source>Your login has ended. Log in again to come back.</source>
            <translation>로그인이 끝났습니다. 돌아오려면 다시 로그인하세요.</translation>
        </message>
        <message>
            <source>Your other devices that are logged in have to log in again.</source>
            <translation>로그인한 다른 기기는 다시 로그인해야 합니다.</translation>
        </message>
        <message>
            <source>all shared devices</source>
            <translation>공개된 모든 기기</translation>
        </message>
        <message>
            <source>asked</source>
            <translation>요청함</translation>
        </message>
        <message>
            <source>at any time</source>
            <translation>언제나</translation>
        </message>
        <message>
            <source>every day</source>
            <translation>매일</translation>
        </message>
        <message>
            <source>family</source>
            <translation>가족</translation>
        </message>
        <message>
            <source>guest</source>
            <translation>손님</translation>
        </message>
        <message>
            <source>hold</source>
            <translation>길게 누르기</translation>
        </message>
        <message>
            <source>iPhone, iPad</source>
            <translation>iPhone, iPad</translation>
        </message>
        <message>
            <source>keep holding…</source>
            <translation>계속 누르세요…</translation>
        </message>
        <message>
            <source>owner</source>
            <translation>주인</translation>
        </message>
        <message>
            <source>press again</source>
            <translation>한 번 더 누르기</translation>
        </message>
        <message>
            <source>screen</source>
            <translation>화면</translation>
        </message>
        <message>
            <source>sees what happened</source>
            <translation>기록 보기</translation>
        </message>
    </context>
</TS>
