// What the readers of exports made of tables share (Open Images, ImageNet, WiderFace, …): a zip's
// frames are known only when its tables were read, and shapes come after their frames. So a reader
// goes through its tables twice: names first, then shapes. Texts are streamed.
#pragma once

#include <string>

#include "absl/container/flat_hash_set.h"
#include "formats/class_list.h"
#include "formats/export_frames.h"
#include "formats/export_tree.h"
#include "formats/line_stream.h"

namespace annofs {

class ExportLoader {
 public:
  ExportLoader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree),
        source_(source),
        sink_(sink),
        frames_(tree, source, sink),
        classes_(std::string(source.name()), sink) {}
  virtual ~ExportLoader() = default;

  // Labels and frames by ReadNames(), then shapes by ReadShapes().
  absl::Status Load();

 protected:
  virtual absl::Status ReadNames() = 0;
  virtual absl::Status ReadShapes() = 0;
  // Whether shapes need the sizes of images.
  virtual bool is_relative() const { return false; }

  // Calls `use(line)`, which answers a Status, for every line that is not blank. What is wrong with
  // the entry itself is a problem, told once.
  template <typename Use>
  absl::Status ForEachLineOf(const ExportFile& file, Use use) {
    absl::StatusOr<std::unique_ptr<ChunkSource>> text = tree_.zip().Open(tree_.EntryOf(file));
    if (!text.ok()) return TellBroken(file, text.status());
    LineStream lines(*std::move(text));
    while (true) {
      absl::StatusOr<std::optional<TextLine>> line = lines.Next();
      if (!line.ok()) return TellBroken(file, line.status());
      if (!*line) return absl::OkStatus();
      if ((*line)->text.find_first_not_of(" \t\r") == absl::string_view::npos) continue;
      if ((*line)->is_too_long) {
        Report(file, (*line)->number, "", "left out: the line is too long");
        continue;
      }
      absl::Status status = use(**line);
      if (!status.ok()) return status;
    }
  }

  // The frame of that key; added with that name in the pass of names, kNone later if it is not
  // there. Strings are copied where they are new.
  uint32_t FrameOf(absl::string_view key, absl::string_view name, absl::string_view subset);
  // Every image whose path starts so: its key is `subset` + "/" + the path behind `prefix` without
  // its extension, its name that path.
  void AddImages(absl::string_view prefix, absl::string_view subset);
  static std::string Key(absl::string_view subset, absl::string_view name);

  absl::Status AddTag(uint32_t frame, uint32_t label, std::vector<Attribute> attributes = {});
  // Checked; what is left out is a problem of that line.
  absl::Status AddShape(const ExportFile& file, uint64_t line, uint32_t frame, Shape shape);

  bool is_naming() const { return is_naming_; }
  // Told in the pass of shapes only, so that each is told once.
  void Report(const ExportFile& file, uint64_t line, absl::string_view frame, std::string why);
  void Tell(std::string what);

  const ExportTree& tree_;
  Source& source_;
  DatasetSink& sink_;
  ExportFrames frames_;
  ClassList classes_;

 private:
  absl::Status TellBroken(const ExportFile& file, const absl::Status& status);
  bool is_naming_ = true;
  absl::flat_hash_set<const ExportFile*> broken_;  // that was told of
};

}  // namespace annofs
