#include "formats/tar.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace annofs {
namespace {

// The fields of a header: where they begin and how long they are.
struct Field {
  size_t begin, length;
};
constexpr Field kName = {0, 100}, kMode = {100, 8}, kUser = {108, 8}, kGroup = {116, 8},
                kSize = {124, 12}, kTime = {136, 12}, kChecksum = {148, 8}, kType = {156, 1},
                kMagic = {257, 8};
constexpr char kRegular = '0', kPax = 'x';
constexpr uint64_t kMaxOctalSize = (uint64_t{1} << 33) - 1;  // 11 digits
// The name of every pax header: readers take no notice of it.
constexpr absl::string_view kPaxName = "PaxHeaders/name";

void Put(Field field, absl::string_view text, std::string& header) {
  text = text.substr(0, field.length);
  header.replace(field.begin, text.size(), text.data(), text.size());
}

// Digits up to the field's last byte, which stays NUL.
void PutOctal(Field field, uint64_t number, std::string& header) {
  Put(field, absl::StrFormat("%0*o", int(field.length - 1), number), header);
}

void PutSize(uint64_t size, std::string& header) {
  if (size <= kMaxOctalSize) return PutOctal(kSize, size, header);
  header[kSize.begin] = char(0x80);
  for (size_t i = 0; i < 8; ++i) {
    header[kSize.begin + kSize.length - 1 - i] = char(size >> (8 * i));
  }
}

// The sum of all bytes, those of its own field taken as blanks: six digits, NUL, blank.
void PutChecksum(std::string& header) {
  Put(kChecksum, "        ", header);
  uint32_t sum = 0;
  for (char c : header) sum += uint8_t(c);
  Put(kChecksum, absl::StrFormat("%06o", sum) + std::string("\0 ", 2), header);
}

void AppendHeader(absl::string_view name, uint64_t size, char type, std::string& out) {
  std::string header(kTarBlock, '\0');
  Put(kName, name, header);
  PutOctal(kMode, 0444, header);
  PutOctal(kUser, 0, header);
  PutOctal(kGroup, 0, header);
  PutSize(size, header);
  PutOctal(kTime, 0, header);
  header[kType.begin] = type;
  Put(kMagic, absl::string_view("ustar\00000", 8), header);
  PutChecksum(header);
  out += header;
}

void AppendContent(absl::string_view content, std::string& out) {
  out.append(content.data(), content.size());
  out.append((kTarBlock - content.size() % kTarBlock) % kTarBlock, '\0');
}

// "27 path=…\n": the number is the length of the whole record, itself among it.
std::string PaxRecord(absl::string_view key, absl::string_view value) {
  const size_t rest = key.size() + value.size() + 3;
  size_t length = rest + 1;
  while (absl::StrCat(length).size() + rest != length) ++length;
  return absl::StrCat(length, " ", key, "=", value, "\n");
}

}  // namespace

void AppendTarHeader(absl::string_view name, uint64_t size, std::string& out) {
  if (name.size() > kName.length) {
    const std::string record = PaxRecord("path", name);
    AppendHeader(kPaxName, record.size(), kPax, out);
    AppendContent(record, out);
  }
  AppendHeader(name, size, kRegular, out);
}

void AppendTarMember(absl::string_view name, absl::string_view content, std::string& out) {
  AppendTarHeader(name, content.size(), out);
  AppendContent(content, out);
}

std::string TarEnd() { return std::string(2 * kTarBlock, '\0'); }

}  // namespace annofs
