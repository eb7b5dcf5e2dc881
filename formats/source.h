// One annotation object, read by ranges. Not thread safe; owned by the caller of a reader.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "formats/export_kind.h"
#include "formats/image_header.h"

namespace annofs {

class ZipDirectory;

class Source {
 public:
  Source() = default;
  // What is parsed belongs to one source.
  Source(const Source&) {}
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  virtual absl::string_view name() const = 0;  // the object's key
  virtual uint64_t size() const = 0;
  // Exactly `length` bytes; fewer only where the object ends.
  virtual absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) = 0;

  // Other objects of its directory, by name: while probing, those in .json, .jsonl and .xml (the
  // first 1,000 in byte order); while reading, those that the probe named
  // (ProbeResult::companions).
  virtual absl::StatusOr<std::vector<std::string>> Siblings() { return std::vector<std::string>(); }
  // One of them. It may outlive this source.
  virtual absl::StatusOr<std::unique_ptr<Source>> OpenSibling(absl::string_view name) {
    return absl::NotFoundError(absl::StrCat("no object '", name, "' beside it"));
  }

  // For formats that say everything relative to an image whose size they do not give: the size of
  // the frame's image in the bucket, as its header has it, turned as its EXIF orientation says.
  // Nothing: there is no such image. Only while reading; costs a request for each name.
  virtual absl::StatusOr<std::optional<ImageSize>> SizeOfImage(absl::string_view frame_name) {
    (void)frame_name;
    return std::optional<ImageSize>();
  }

  // What readers have found out about it: kept for the next one that asks, since every reader
  // probes every source.
  struct Parsed {
    std::shared_ptr<const ZipDirectory> zip;  // ZipDirectory::Of
    std::optional<ExportKind> export_kind;    // ProbeExport
  };
  Parsed& parsed() { return parsed_; }

 private:
  Parsed parsed_;
};

}  // namespace annofs
