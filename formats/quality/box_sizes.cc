// Boxes by their size among those of their label. Datumaro: FarFromLabelMean,
// ImbalancedDistInLabel, with its six properties; of rectangles and ellipses before rotation, of
// polygons and masks around them. Boxes with a side below a pixel do not count, as there.
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kFar = {"far-from-label-mean", QualitySeverity::kWarning,
                              "boxes of a size or shape unlike those of their label",
                              "look at them: mostly slips of the mouse, or of the label"};
// Datumaro: a warning; sizes of things in images mostly are so.
constexpr QualityRule kImbalanced = {
    "imbalanced-dist-in-label", QualitySeverity::kInfo,
    "properties of labels' boxes that nearly all have the same value, with few far away",
    "look at the sizes (annofs stats); crop or tile what is rare"};

constexpr size_t kProperties = 6, kArea = 2;
constexpr absl::string_view kNames[kProperties] = {"width",         "height",     "area (w x h)",
                                                   "ratio (w / h)", "short side", "long side"};
using Properties = std::array<double, kProperties>;

Properties PropertiesOf(const Box& box) {
  const double w = box.width(), h = box.height();
  return {w, h, w * h, w / h, std::min(w, h), std::max(w, h)};
}

constexpr size_t kBins = 10;  // numpy.histogram's

// Of one property; mean and deviation as Welford has them.
struct Values {
  double mean = 0, squares = 0, least = 0, most = 0;
  double most_away = 0, bins_of_one = 0;  // what the second look needs
  std::array<uint32_t, kBins> bins = {};

  void Add(double value, uint64_t count, double part_of_one) {
    if (count == 1) least = most = value;
    least = std::min(least, value);
    most = std::max(most, value);
    const double delta = value - mean;
    mean += delta * part_of_one;
    squares += delta * (value - mean);
  }
  double Deviation(uint64_t count) const { return std::sqrt(squares / double(count)); }
  // Behind the last Add().
  void Prepare(uint64_t count, double far_from_mean) {
    // Equal numbers have a deviation that is not quite zero.
    most_away = std::max(far_from_mean * Deviation(count), 1e-9 * std::abs(mean));
    bins_of_one = most > least ? double(kBins) / (most - least) : 0;
  }
  // As numpy does: equal classes from the least to the most value, which is of the last.
  void CountIn(double value) {
    ++bins[size_t(std::min((value - least) * bins_of_one, double(kBins - 1)))];
  }
  bool IsFar(double value) const { return std::abs(value - mean) > most_away; }
};

struct LabelBoxes {
  uint64_t count = 0;
  std::array<Values, kProperties> values;
};

bool HasArea(ShapeType type) {
  return type == ShapeType::kRectangle || type == ShapeType::kEllipse ||
         type == ShapeType::kPolygon || type == ShapeType::kMask;
}

class BoxSizes : public Rule {
 public:
  explicit BoxSizes(const RuleGround& ground)
      : ground_(ground),
        far_(ground.tallies.Of(kFar)),
        imbalanced_(ground.tallies.Of(kImbalanced)),
        labels_(ground.info().labels.size()) {
    const auto& counts = ground.info().label_counts;
    for (size_t label = 0; label < labels_.size() && label < counts.size(); ++label) {
      uint64_t count = 0;
      for (ShapeType type : AllShapeTypes()) {
        if (HasArea(type)) count += counts[label][size_t(type)];
      }
      if (count >= ground.thresholds().least_boxes) labels_[label] = std::make_unique<LabelBoxes>();
    }
  }

  absl::Status Look(const SeenFrame& seen) override {
    ForEachBox(seen, [](size_t, LabelBoxes& label, const Properties& properties) {
      ++label.count;
      const double part_of_one = 1 / double(label.count);
      for (size_t i = 0; i < kProperties; ++i) {
        label.values[i].Add(properties[i], label.count, part_of_one);
      }
    });
    return absl::OkStatus();
  }

  bool WantsSecondLook() const override {
    for (const auto& label : labels_) {
      if (label && label->count >= ground_.thresholds().least_boxes) return true;
    }
    return false;
  }

  absl::Status LookAgain(const SeenFrame& seen) override {
    if (!is_prepared_) Prepare();
    ForEachBox(seen, [&](size_t number, LabelBoxes& label, const Properties& properties) {
      std::optional<size_t> far;
      for (size_t i = 0; i < kProperties; ++i) {
        label.values[i].CountIn(properties[i]);
        if (!far && label.values[i].IsFar(properties[i])) far = i;
      }
      if (!far) return;
      far_.Add([&] {
        const Values& values = label.values[*far];
        return seen.OfShape(number,
                            absl::StrCat(kNames[*far], " ", Rounded(properties[*far]), ", mean ",
                                         Rounded(values.mean), ", standard deviation ",
                                         Rounded(values.Deviation(label.count))));
      });
    });
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    for (uint32_t label = 0; label < labels_.size(); ++label) {
      if (!labels_[label] || labels_[label]->count < ground_.thresholds().least_boxes) continue;
      for (size_t i = 0; i < kProperties; ++i) TellImbalanced(label, i);
    }
    return absl::OkStatus();
  }

 private:
  // fn(number of the shape, its label, properties) of each box that counts.
  template <typename Fn>
  void ForEachBox(const SeenFrame& seen, Fn fn) {
    for (size_t i = 0; i < seen.own_boxes().size(); ++i) {
      const Shape& shape = seen.shapes()[i];
      const std::optional<Box>& box = seen.own_boxes()[i];
      if (!box || !HasArea(shape.type) || shape.label >= labels_.size() || !labels_[shape.label]) {
        continue;
      }
      const double least = ground_.thresholds().least_side;
      if (box->width() < least || box->height() < least) continue;
      const Properties properties = PropertiesOf(*box);
      if (!std::isfinite(properties[kArea])) continue;
      fn(i, *labels_[shape.label], properties);
    }
  }

  // Labels with too few boxes have no statistics.
  void Prepare() {
    is_prepared_ = true;
    for (std::unique_ptr<LabelBoxes>& label : labels_) {
      if (label && label->count < ground_.thresholds().least_boxes) label = nullptr;
      if (!label) continue;
      for (Values& values : label->values) {
        values.Prepare(label->count, ground_.thresholds().far_from_mean);
      }
    }
  }

  void TellImbalanced(uint32_t label, size_t property) {
    const LabelBoxes& boxes = *labels_[label];
    const Values& values = boxes.values[property];
    const size_t top =
        size_t(std::max_element(values.bins.begin(), values.bins.end()) - values.bins.begin());
    const double share = double(values.bins[top]) / double(boxes.count);
    if (share < ground_.thresholds().dominance_ratio) return;
    imbalanced_.Add([&] {
      const double width = (values.most - values.least) / double(kBins);
      return QualityPlace{
          .label = LabelPath(ground_.info(), label),
          .object = std::string(kNames[property]),
          .detail = absl::StrCat(values.bins[top], " of ", boxes.count, " boxes from ",
                                 Rounded(values.least + width * double(top)), " to ",
                                 Rounded(values.least + width * double(top + 1)), ", all from ",
                                 Rounded(values.least), " to ", Rounded(values.most))};
    });
  }

  const RuleGround ground_;
  Tally &far_, &imbalanced_;
  bool is_prepared_ = false;
  std::vector<std::unique_ptr<LabelBoxes>> labels_;  // those that may have enough boxes
};

}  // namespace

RuleGroup BoxSizeRules() { return {{kFar, kImbalanced}, MakeRule<BoxSizes>}; }

}  // namespace annofs
