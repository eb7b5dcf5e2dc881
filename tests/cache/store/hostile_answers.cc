#include "tests/cache/store/hostile_answers.h"

#include <iterator>

#include "absl/strings/str_cat.h"

namespace annofs::testing {
namespace {

constexpr const char* kLengths[] = {"0",
                                    "1",
                                    "35",
                                    "37",
                                    "-1",
                                    "+36",
                                    "036",
                                    "0x24",
                                    "36, 36",
                                    "36, 37",
                                    "",
                                    "abc",
                                    "4294967332",
                                    "9223372036854775807",
                                    "18446744073709551652",
                                    "99999999999999999999999999"};
constexpr const char* kStatusLines[] = {"HTTP/0.9 200 OK",
                                        "HTTP/1.0 200 OK",
                                        "HTTP/2 200",
                                        "HTTP/1.1",
                                        "HTTP/1.1 999 What",
                                        "HTTP/1.1 -200 No",
                                        "HTTP/1.1 2000 More",
                                        "ICY 200 OK",
                                        "\xff\xfe 200 OK",
                                        "HTTP/1.1 101 Switching Protocols",
                                        "HTTP/1.1 204 No Content",
                                        "HTTP/1.1 206 Part",
                                        "HTTP/1.1 304 Not Modified"};
constexpr const char* kChunkSizes[] = {
    "0",  "1",  "24",       "25",         "ffffffff", "fffffffffffffffff",
    "-1", "zz", "24;a=b;c", "0x24\t\r\n", ""};
constexpr const char* kInformation[] = {
    "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </>; rel=preload\r\n\r\n",
    "HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n"};

std::string HeaderText(const HonestAnswer& answer) {
  std::string text;
  for (const auto& [name, value] : answer.headers) {
    absl::StrAppend(&text, name, ": ", value, "\r\n");
  }
  return text;
}

std::string LengthLine(const HonestAnswer& answer) {
  return absl::StrCat("Content-Length: ", answer.body.size(), "\r\n");
}

std::string StatusLine(int status) { return absl::StrCat("HTTP/1.1 ", status, " Status\r\n"); }

std::string Plain(const HonestAnswer& answer) {
  return absl::StrCat(StatusLine(answer.status), LengthLine(answer), HeaderText(answer), "\r\n",
                      answer.body);
}

}  // namespace

std::string HostileAnswers::Spoil(HonestAnswer answer) {
  switch (mutator_.Draw(4)) {
    case 0:
      return mutator_.Mutate(Plain(answer));
    case 1:
      answer.body = mutator_.Mutate(answer.body);
      return Plain(answer);
    case 2:
      return mutator_.Mutate(Lie(std::move(answer)));
    default:
      return Lie(std::move(answer));
  }
}

std::string HostileAnswers::Lie(HonestAnswer answer) {
  const std::string head = StatusLine(answer.status);
  const std::string headers = HeaderText(answer);
  const std::string length = LengthLine(answer);
  const std::string rest = absl::StrCat("\r\n", answer.body);
  switch (mutator_.Draw(12)) {
    case 0:
      return absl::StrCat(head, "Content-Length: ", kLengths[mutator_.Draw(std::size(kLengths))],
                          "\r\n", headers, rest);
    case 1:
      return absl::StrCat(head, length, headers,
                          "Content-Length: ", kLengths[mutator_.Draw(std::size(kLengths))], "\r\n",
                          rest);
    case 2:
      return absl::StrCat(head, headers, rest);  // until the connection ends
    case 3:
      return Chunked(answer);
    case 4:
      return absl::StrCat(Flood(), Plain(answer));
    case 5: {
      std::string many;
      for (size_t i = mutator_.Draw(3000); i > 0; --i) absl::StrAppend(&many, "X-", i, ": y\r\n");
      return absl::StrCat(head, length, many, headers, rest);
    }
    case 6:
      return absl::StrCat(head, length, "X-Long: ", std::string(mutator_.Draw(200'000), 'x'),
                          "\r\n", headers, rest);
    case 7:
      return absl::StrCat(head, length, headers, "Content-Encoding: gzip\r\n", rest);
    case 8:
      return absl::StrCat(StatusLine(300 + static_cast<int>(mutator_.Draw(9))),
                          "Location: ", decoy_, "/\r\n", length, headers, rest);
    case 9:
      return absl::StrCat(
          head, length, headers, "Set-Cookie: a=b; Domain=.\r\nAlt-Svc: h2=\"", decoy_,
          "\"\r\nStrict-Transport-Security: max-age=1\r\nRefresh: 0;url=", decoy_, "\r\n", rest);
    case 10:
      return absl::StrCat(kStatusLines[mutator_.Draw(std::size(kStatusLines))], "\r\n", length,
                          headers, rest);
    default:
      answer.status = 400 + static_cast<int>(mutator_.Draw(200));
      answer.body.append(mutator_.Draw(300'000), ' ');
      return Plain(answer);
  }
}

std::string HostileAnswers::Chunked(const HonestAnswer& answer) {
  std::string text =
      absl::StrCat(StatusLine(answer.status), "Transfer-Encoding: chunked\r\n",
                   mutator_.Draw(3) == 0 ? LengthLine(answer) : "", HeaderText(answer), "\r\n");
  for (size_t left = 1 + mutator_.Draw(4); left > 0; --left) {
    absl::StrAppend(&text, kChunkSizes[mutator_.Draw(std::size(kChunkSizes))], "\r\n", answer.body,
                    mutator_.Draw(2) == 0 ? "\r\n" : "");
  }
  return absl::StrCat(text, "0\r\nX-Trailer: a\r\nContent-Range: bytes 0-0/1\r\n\r\n");
}

std::string HostileAnswers::Flood() {
  std::string text;
  const char* one = kInformation[mutator_.Draw(std::size(kInformation))];
  for (size_t left = mutator_.Draw(2000); left > 0; --left) absl::StrAppend(&text, one);
  return text;
}

}  // namespace annofs::testing
