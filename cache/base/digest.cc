#include "cache/base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace annofs {
namespace {

const EVP_MD* Algorithm(DigestKind kind) {
  switch (kind) {
    case DigestKind::kMd5:
      return EVP_md5();
    case DigestKind::kSha1:
      return EVP_sha1();
    case DigestKind::kSha256:
      return EVP_sha256();
    case DigestKind::kNone:
      break;
  }
  return nullptr;
}

size_t DigestSize(DigestKind kind) {
  const EVP_MD* algorithm = Algorithm(kind);
  return algorithm == nullptr ? 0 : EVP_MD_get_size(algorithm);
}

bool IsHex(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isxdigit(c)) return false;
  }
  return true;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::string Digest::Hex() const { return absl::BytesToHexString(bytes); }

Digest DigestFromHex(DigestKind kind, absl::string_view hex) {
  if (kind == DigestKind::kNone || hex.size() != 2 * DigestSize(kind) || !IsHex(hex)) return {};
  return {.kind = kind, .bytes = absl::HexStringToBytes(hex)};
}

// Without a context (kNone, or an algorithm that the system's policy forbids) the digest is kNone.
struct Hasher::State {
  DigestKind kind = DigestKind::kNone;
  std::unique_ptr<EVP_MD_CTX, FreeContext> context;
};

Hasher::Hasher(DigestKind kind) : state_(std::make_unique<State>()) {
  if (kind == DigestKind::kNone) return;
  state_->kind = kind;
  state_->context.reset(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(state_->context.get(), Algorithm(kind), nullptr) != 1) {
    state_->context.reset();
  }
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::Update(absl::string_view data) {
  if (state_->context == nullptr) return;
  EVP_DigestUpdate(state_->context.get(), data.data(), data.size());
}

Digest Hasher::Finish() {
  if (state_->context == nullptr) return {};
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context.get(), bytes, &size);
  state_->context.reset();
  return {.kind = state_->kind, .bytes = std::string(reinterpret_cast<char*>(bytes), size)};
}

Digest DigestOf(DigestKind kind, absl::string_view data) {
  Hasher hasher(kind);
  hasher.Update(data);
  return hasher.Finish();
}

std::string Sha256Bytes(absl::string_view data) {
  return DigestOf(DigestKind::kSha256, data).bytes;
}

std::string Sha256Hex(absl::string_view data) { return DigestOf(DigestKind::kSha256, data).Hex(); }

std::string HmacSha256(absl::string_view key, absl::string_view data) {
  // OpenSSL takes a null key for "the key of the last time".
  const char* key_bytes = key.empty() ? "" : key.data();
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), bytes, &size);
  return std::string(reinterpret_cast<char*>(bytes), size);
}

uint64_t Hash64(absl::string_view data) {
  const std::string bytes = Sha256Bytes(data);
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

std::string Hash8Hex(absl::string_view data) { return Sha256Hex(data).substr(0, 8); }

}  // namespace annofs
