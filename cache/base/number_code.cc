#include "cache/base/number_code.h"

namespace annofs {

void AppendNumber(std::string& out, uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

void AppendSigned(std::string& out, int64_t number) {
  AppendNumber(out, static_cast<uint64_t>(number) << 1 ^ static_cast<uint64_t>(number >> 63));
}

}  // namespace annofs
