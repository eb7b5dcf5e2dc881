#include "formats/manifest.h"

#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/json_numbers.h"

namespace annofs {
namespace {

constexpr size_t kMaxRowBytes = 1 << 20;

// Splits a stream into lines, however its chunks are cut.
class Lines {
 public:
  explicit Lines(ChunkSource& source) : source_(source) {}

  // The next line that is not blank, without white space at its ends; nothing at the end of the
  // text. Of one that is too long only the beginning.
  absl::StatusOr<std::optional<absl::string_view>> Next() {
    while (!at_end_ || !rest_.empty()) {
      ASSIGN_OR_RETURN(absl::string_view line, NextOfAll());
      line = absl::StripAsciiWhitespace(line);
      if (!line.empty() || is_too_long_) return std::optional<absl::string_view>(line);
    }
    return std::optional<absl::string_view>();
  }
  uint64_t number() const { return number_; }
  bool is_too_long() const { return is_too_long_; }

 private:
  absl::StatusOr<absl::string_view> NextOfAll() {
    ++number_;
    line_.clear();
    is_too_long_ = false;
    while (true) {
      const size_t end = rest_.find('\n');
      const absl::string_view piece = rest_.substr(0, end);
      is_too_long_ = is_too_long_ || piece.size() > kMaxRowBytes - line_.size();
      if (!is_too_long_) absl::StrAppend(&line_, piece);
      rest_.remove_prefix(end == absl::string_view::npos ? rest_.size() : end + 1);
      if (end != absl::string_view::npos || at_end_) return absl::string_view(line_);
      ASSIGN_OR_RETURN(rest_, source_.Next());
      at_end_ = rest_.empty();
    }
  }

  ChunkSource& source_;
  absl::string_view rest_;  // of the present chunk
  bool at_end_ = false;
  std::string line_;
  bool is_too_long_ = false;
  uint64_t number_ = 0;
};

// `member` of the object that the next line holds; null if the line is no such object.
absl::StatusOr<std::string> HeaderMember(Lines& lines, absl::string_view member) {
  ASSIGN_OR_RETURN(std::optional<absl::string_view> line, lines.Next());
  absl::StatusOr<JsonDocument> row = JsonDocument::Parse(line.value_or(""));
  if (row.ok()) {
    const JsonValue value = row->root()[member];
    if (value.AsString()) return std::string(*value.AsString());
    if (value.AsDouble()) return absl::StrCat(*value.AsDouble());
  }
  return absl::InvalidArgumentError(absl::StrCat("line ", lines.number(), ": no manifest: no \"",
                                                 member, "\" where it should be"));
}

ManifestImage ParseImage(JsonValue row) {
  const JsonValue meta = row["meta"], related = meta["related_images"];
  ManifestImage image{.name = absl::StrCat(row.StringOr("name", ""), row.StringOr("extension", "")),
                      .width = ImageSide(row["width"]),
                      .height = ImageSide(row["height"]),
                      .original_name = std::string(meta.StringOr("original_name", ""))};
  for (size_t i = 0; related.is_array() && i < related.size(); ++i) {
    if (related[i].is_string()) image.related.emplace_back(*related[i].AsString());
  }
  return image;
}

absl::Status ReadImages(Lines& lines, ManifestHandler& handler) {
  for (uint64_t number = 0;; ++number) {
    ASSIGN_OR_RETURN(std::optional<absl::string_view> line, lines.Next());
    if (!line) return absl::OkStatus();
    if (lines.is_too_long()) {
      handler.Problem(lines.number(), "a row of more than 1 MiB");
      RETURN_IF_ERROR(handler.Image(number, {}));
      continue;
    }
    absl::StatusOr<JsonDocument> row = JsonDocument::Parse(*line);
    if (!row.ok() || !row->root().is_object()) {
      handler.Problem(lines.number(), "a row that is no JSON object");
      RETURN_IF_ERROR(handler.Image(number, {}));
      continue;
    }
    RETURN_IF_ERROR(handler.Image(number, ParseImage(row->root())));
  }
}

absl::Status ReadVideo(Lines& lines, ManifestHandler& handler) {
  ASSIGN_OR_RETURN(std::optional<absl::string_view> line, lines.Next());
  absl::StatusOr<JsonDocument> row = JsonDocument::Parse(line.value_or(""));
  if (!row.ok() || !row->root()["properties"].is_object()) {
    handler.Problem(lines.number(), "the properties of the video are not given");
    return handler.Video({});
  }
  const JsonValue properties = row->root()["properties"];
  const JsonValue resolution = properties["resolution"];
  ManifestVideo video{.name = std::string(properties.StringOr("name", "")),
                      .width = ImageSide(resolution[size_t{0}]),
                      .height = ImageSide(resolution[size_t{1}])};
  const int64_t length = properties.IntOr("length", 0);
  if (length > 0) video.length = uint64_t(length);
  return handler.Video(std::move(video));
}

}  // namespace

absl::Status ReadManifest(ChunkSource& source, ManifestHandler& handler) {
  Lines lines(source);
  ASSIGN_OR_RETURN(const std::string version, HeaderMember(lines, "version"));
  if (version != "1.0" && version != "1.1" && version != "1") {
    handler.Problem(lines.number(), absl::StrCat("version '", version, "' is read as 1.1"));
  }
  ASSIGN_OR_RETURN(const std::string type, HeaderMember(lines, "type"));
  if (type == "images") return ReadImages(lines, handler);
  if (type == "video") return ReadVideo(lines, handler);
  return absl::InvalidArgumentError(
      absl::StrCat("line ", lines.number(), ": a manifest of '", type, "' is not read"));
}

}  // namespace annofs
