// Small datasets made for one rule, and what the check finds in them.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/memory_dataset.h"
#include "formats/quality/findings.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {

inline QualityReport Check(const Dataset& data, const QualityOptions& options = {}) {
  absl::StatusOr<QualityReport> report =
      CheckQuality(data, options, [](const QualityProgress&) { return absl::OkStatus(); });
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? *std::move(report) : QualityReport();
}

// The finding of a rule; without one a count of 0. The rule must be in the table.
inline QualityFinding FindingOf(const QualityReport& report, absl::string_view rule) {
  bool is_known = false;
  for (const QualityRule& one : QualityRules()) is_known = is_known || one.id == rule;
  EXPECT_TRUE(is_known) << "no rule " << rule;
  for (const QualityFinding& finding : report.findings) {
    if (finding.rule == rule) return finding;
  }
  return {};
}

// "frame|label|object|detail" of each place.
inline std::vector<std::string> PlacesOf(const QualityFinding& finding) {
  std::vector<std::string> texts;
  for (const QualityPlace& place : finding.places) {
    texts.push_back(
        absl::StrCat(place.frame, "|", place.label, "|", place.object, "|", place.detail));
  }
  return texts;
}

// A dataset of one task of images, frame by frame.
class Made {
 public:
  explicit Made(absl::string_view format = "cvat_backup") {
    builder_->SetInfo({.name = "made", .sources = {{"x.zip", "v1", std::string(format)}}});
    builder_->AddTask({.name = "task"});
  }

  DatasetBuilder& builder() { return *builder_; }
  uint32_t Label(std::string name) { return builder_->AddLabel({.name = std::move(name)}); }
  uint32_t LabelWith(std::string name, std::vector<AttributeSpec> attributes) {
    return builder_->AddLabel({.name = std::move(name), .attributes = std::move(attributes)});
  }
  // 100 x 50, "0.jpg", "1.jpg", …
  uint32_t NextFrame() { return NextFrame({.width = 100, .height = 50}); }
  uint32_t NextFrame(Frame frame) {
    frame.number = frames_;
    if (frame.name.empty()) frame.name = absl::StrCat(frames_, ".jpg");
    ++frames_;
    return last_ = builder_->AddFrame(std::move(frame)).value();
  }
  // On the last frame.
  void Add(Shape shape) { EXPECT_TRUE(builder_->AddShape(last_, std::move(shape)).ok()); }
  void Box(uint32_t label, std::vector<double> points) {
    Add({.label = label, .points = std::move(points)});
  }
  void Tag(uint32_t label) { Add({.type = ShapeType::kTag, .label = label}); }

  QualityReport Checked(const QualityOptions& options = {},
                        const DatasetBuilder::MediaFinder& media = EveryImage) {
    const std::unique_ptr<Dataset> data = Finished(*builder_, media);
    return Check(*data, options);
  }

 private:
  std::unique_ptr<DatasetBuilder> builder_ = std::make_unique<DatasetBuilder>();
  uint32_t frames_ = 0, last_ = 0;
};

}  // namespace annofs::testing
