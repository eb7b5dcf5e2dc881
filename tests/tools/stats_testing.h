// Reports of `annofs stats` for tests: made by hand, with everything that is hostile.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/memory_dataset.h"
#include "tests/testing/files.h"
#include "tools/stats_report.h"
#include "tools/stats_samples.h"

namespace annofs::testing {

// What breaks pages and terminals.
inline std::vector<std::string> HostileTexts() {
  return {"<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "'><svg onload=alert(1)>",
          "</title></style><script>alert(2)</script>",
          "javascript:alert(3)",
          "&lt;b&gt;",
          "a\x1b[31m\x07\r\n\tb",
          std::string("nul\0byte", 8),
          "bad\xff\xc3utf8",
          "\u202Egnp.exe\u2066",
          "שלום עולם",
          "\U0001F600 犬",
          "",
          std::string(5000, 'w'),
          "z" + [] {
            std::string marks;
            for (int i = 0; i < 2000; ++i) marks += "\u0301";
            return marks;
          }()};
}

inline std::string AnImage() {
  return ReadFile(Fixture("cvat/images/images/image_0.jpg")).value_or("");
}

// A dataset whose labels, attributes, values, frames, subsets, jobs and sources are those texts.
inline std::unique_ptr<Dataset> HostileDataset() {
  DatasetBuilder builder;
  builder.SetInfo({.name = "<b>street</b>", .id = "<i>0123</i>456789"});
  const std::vector<std::string> texts = HostileTexts();
  for (const std::string& text : texts) {
    const uint32_t task = builder.AddTask({.name = text, .subset = text});
    const uint32_t job = builder.AddJob({.task = task, .stage = text, .state = text});
    const uint32_t label = builder.AddLabel(
        {.name = text, .color = text, .attributes = {{.name = text, .input_type = text}}});
    const uint32_t frame = builder
                               .AddFrame({.name = absl::StrCat(text, label, ".jpg"),
                                          .task = task,
                                          .width = 200,
                                          .height = 100,
                                          .subset = text})
                               .value();
    EXPECT_TRUE(builder.AddToJob(job, frame).ok());
    EXPECT_TRUE(builder
                    .AddShape(frame, {.label = label,
                                      .source = text,
                                      .points = {10, 10, 1e300, 60},
                                      .attributes = {{text, text}}})
                    .ok());
    EXPECT_TRUE(builder
                    .AddShape(frame, {.type = ShapeType::kPolygon,
                                      .label = label,
                                      .occluded = true,
                                      .points = {0, 0, 50, 0, 25, 40}})
                    .ok());
  }
  return builder
      .Finish([](const Frame& frame) {
        return std::optional<Media>(Media{.key = frame.name, .size = 100});
      })
      .value();
}

// All that a report of the dataset holds; findings too.
inline StatsReport::One OneOf(const Dataset& data, const std::string& image) {
  StatsReport::One one;
  one.stats = CountDataset(data, [](uint32_t) { return absl::OkStatus(); }).value();
  one.modified = absl::FromUnixSeconds(1700000000);
  one.quality =
      CheckQuality(data, {}, [](const QualityProgress&) { return absl::OkStatus(); }).value();
  one.samples =
      CollectSamples(data, kMaxSamples, kMaxSampleImages,
                     [&](const FrameNames&) -> absl::StatusOr<std::string> { return image; })
          .value();
  return one;
}

inline StatsReport ReportOf(const Dataset& data, const std::string& image = AnImage()) {
  StatsReport report{.source = "b2://bucket/<u>"};
  report.datasets.push_back(OneOf(data, image));
  return report;
}

}  // namespace annofs::testing
