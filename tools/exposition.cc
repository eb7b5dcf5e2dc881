#include "tools/exposition.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

absl::string_view NameOf(Exposition::Type type) {
  switch (type) {
    case Exposition::Type::kCounter:
      return "counter";
    case Exposition::Type::kGauge:
      return "gauge";
    case Exposition::Type::kHistogram:
      break;
  }
  return "histogram";
}

// A label is UTF-8, a path is any bytes: those that are none become question marks.
std::string EscapedLabel(absl::string_view value) {
  std::string text(value);
  if (!IsValidUtf8(text)) {
    for (char& byte : text) {
      if (static_cast<unsigned char>(byte) >= 0x80) byte = '?';
    }
  }
  return absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
}

double Seconds(int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

}  // namespace

void Exposition::Family(absl::string_view name, Type type, absl::string_view help) {
  name_ = std::string(name);
  header_ = absl::StrCat("# HELP ", name, " ", help, "\n# TYPE ", name, " ", NameOf(type), "\n");
}

void Exposition::Sample(absl::string_view suffix, const Labels& labels, absl::string_view value) {
  absl::StrAppend(&text_, std::exchange(header_, ""), name_, suffix);
  absl::string_view before = "{";
  for (const auto& [label, text] : labels) {
    absl::StrAppend(&text_, before, label, "=\"", EscapedLabel(text), "\"");
    before = ",";
  }
  absl::StrAppend(&text_, labels.empty() ? "" : "}", " ", value, "\n");
}

void Exposition::Value(const Labels& labels, uint64_t value) {
  Sample("", labels, absl::StrCat(value));
}

void Exposition::Value(const Labels& labels, double value) {
  Sample("", labels, ShortFloat(value));
}

void Exposition::Times(const Labels& labels, const HistogramNumbers& times) {
  uint64_t count = 0;
  Labels with_bound = labels;
  with_bound.emplace_back("le", "");
  for (size_t i = 0; i < times.buckets.size(); ++i) {
    count += times.buckets[i];
    const std::string bound =
        i < kHistogramBounds.size() ? ShortFloat(Seconds(kHistogramBounds[i])) : "+Inf";
    with_bound.back().second = bound;
    Sample("_bucket", with_bound, absl::StrCat(count));
  }
  Sample("_sum", labels, ShortFloat(static_cast<double>(times.nanoseconds) / 1e9));
  Sample("_count", labels, absl::StrCat(count));
}

}  // namespace annofs
