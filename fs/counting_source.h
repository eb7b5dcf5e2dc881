// A source that counts what is read of it, for those who wait.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/source.h"

namespace annofs {

class CountingSource : public Source {
 public:
  // `bytes` outlives it.
  CountingSource(std::unique_ptr<Source> source, std::atomic<uint64_t>& bytes)
      : source_(std::move(source)), bytes_(bytes) {}

  absl::string_view name() const override { return source_->name(); }
  uint64_t size() const override { return source_->size(); }
  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    absl::StatusOr<std::string> bytes = source_->Read(offset, length);
    if (bytes.ok()) bytes_.fetch_add(bytes->size(), std::memory_order_relaxed);
    return bytes;
  }
  absl::StatusOr<std::vector<std::string>> Siblings() override { return source_->Siblings(); }
  absl::StatusOr<std::unique_ptr<Source>> OpenSibling(absl::string_view name) override {
    return source_->OpenSibling(name);
  }
  absl::StatusOr<std::optional<ImageSize>> SizeOfImage(absl::string_view frame_name) override {
    return source_->SizeOfImage(frame_name);
  }

 private:
  const std::unique_ptr<Source> source_;
  std::atomic<uint64_t>& bytes_;
};

}  // namespace annofs
