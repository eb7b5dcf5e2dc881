#include "cache/base/digest.h"

#include <openssl/evp.h>

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

size_t DigestBytes(DigestKind kind) {
  const EVP_MD* algorithm = Algorithm(kind);
  return algorithm == nullptr ? 0 : EVP_MD_size(algorithm);
}

bool IsHex(absl::string_view text) {
  for (char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::string Digest::Hex() const { return absl::BytesToHexString(bytes); }

Digest DigestFromHex(DigestKind kind, absl::string_view hex) {
  if (kind == DigestKind::kNone || hex.size() != 2 * DigestBytes(kind) || !IsHex(hex)) return {};
  return {.kind = kind, .bytes = absl::HexStringToBytes(hex)};
}

// `context` is null for kNone, and where the library refuses the algorithm (a FIPS build and MD5):
// the digest is then unknown, not wrong.
struct Hasher::State {
  DigestKind kind = DigestKind::kNone;
  std::unique_ptr<EVP_MD_CTX, FreeContext> context;
};

Hasher::Hasher(DigestKind kind) : state_(std::make_unique<State>()) {
  const EVP_MD* algorithm = Algorithm(kind);
  if (algorithm == nullptr) return;
  std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  if (context == nullptr || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1) return;
  state_->kind = kind;
  state_->context = std::move(context);
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::Update(absl::string_view data) {
  if (state_->context == nullptr) return;
  if (EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) != 1) {
    state_->context = nullptr;
  }
}

Digest Hasher::Finish() {
  if (state_->context == nullptr) return {};
  Digest digest{.kind = state_->kind, .bytes = std::string(DigestBytes(state_->kind), '\0')};
  auto* bytes = reinterpret_cast<unsigned char*>(digest.bytes.data());
  const bool done = EVP_DigestFinal_ex(state_->context.get(), bytes, nullptr) == 1;
  state_->context = nullptr;
  return done ? digest : Digest{};
}

Digest DigestOf(DigestKind kind, absl::string_view data) {
  Hasher hasher(kind);
  hasher.Update(data);
  return hasher.Finish();
}

std::string Sha256Bytes(absl::string_view data) {
  return DigestOf(DigestKind::kSha256, data).bytes;
}

std::string Sha256Hex(absl::string_view data) {
  return DigestOf(DigestKind::kSha256, data).Hex();
}

uint64_t Hash64(absl::string_view data) {
  const std::string digest = Sha256Bytes(data);
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(digest[i]);
  return value;
}

std::string Hash8Hex(absl::string_view data) { return Sha256Hex(data).substr(0, 8); }

}  // namespace annofs
