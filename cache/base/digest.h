// Digests (OpenSSL).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

enum class DigestKind : uint8_t { kNone, kMd5, kSha1, kSha256 };

// A digest as a store gives it. `bytes` is raw: 16, 20 or 32 bytes; empty for kNone.
struct Digest {
  DigestKind kind = DigestKind::kNone;
  std::string bytes;

  std::string Hex() const;
  friend bool operator==(const Digest&, const Digest&) = default;
};

// From lower- or upper-case hex; kNone if the text is not such a digest.
Digest DigestFromHex(DigestKind kind, absl::string_view hex);

// Incremental digest. Not thread safe. Finish() once.
class Hasher {
 public:
  explicit Hasher(DigestKind kind);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void Update(absl::string_view data);
  Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest DigestOf(DigestKind kind, absl::string_view data);
std::string Sha256Bytes(absl::string_view data);
std::string Sha256Hex(absl::string_view data);
// 32 raw bytes (RFC 2104).
std::string HmacSha256(absl::string_view key, absl::string_view data);
// The first 8 bytes of SHA-256 as a big-endian number, and the first 8 hex digits.
uint64_t Hash64(absl::string_view data);
std::string Hash8Hex(absl::string_view data);

}  // namespace annofs
