// What CVAT's exports cost per frame, on one core: the item of a frame, numbers as text, shapes as
// pixels, and PNG files of masks. CPU time of the thread, the best of some rounds.
//
//   pixels_bench        a frame of 1920 x 1080 with 16 shapes
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <numbers>
#include <random>
#include <string>

#include "formats/item_transforms.h"
#include "formats/label_colors.h"
#include "formats/mask_image.h"
#include "formats/memory_dataset.h"
#include "formats/python_text.h"
#include "formats/raster.h"
#include "tests/bench/meters.h"

namespace annofs::bench {
namespace {

constexpr int kRounds = 7;
constexpr uint32_t kWidth = 1920, kHeight = 1080, kShapes = 16;

// Microseconds of one call.
double Measure(int calls, const std::function<void()>& call) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = ThreadCpuSeconds();
    for (int i = 0; i < calls; ++i) call();
    best = std::min(best, (ThreadCpuSeconds() - begin) / calls);
  }
  return best * 1e6;
}

double TwoDigits(double value) { return std::round(value * 100) / 100; }

// An outline of 40 points around a place.
std::vector<double> Blob(double x, double y, double radius, std::mt19937& random) {
  std::vector<double> points;
  for (int i = 0; i < 40; ++i) {
    const double angle = 2 * std::numbers::pi * i / 40;
    const double reach = radius * (0.8 + double(random() % 400) / 1000);
    points.push_back(TwoDigits(x + reach * std::cos(angle)));
    points.push_back(TwoDigits(y + reach * std::sin(angle)));
  }
  return points;
}

std::unique_ptr<Dataset> FrameOf(ShapeType type) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  const uint32_t label = builder.AddLabel(
      {.name = "car",
       .color = "#3366cc",
       .attributes = {{.name = "color", .input_type = "select", .default_value = "red"},
                      {.name = "parked", .input_type = "checkbox", .default_value = "false"},
                      {.name = "speed", .input_type = "number", .default_value = "0"}}});
  const uint32_t frame =
      builder.AddFrame({.name = "dir/frame 1.jpg", .width = kWidth, .height = kHeight}).value();
  std::mt19937 random(1);
  for (uint32_t i = 0; i < kShapes; ++i) {
    const double x = TwoDigits(200 + i % 4 * 480 + double(random() % 1000) / 100);
    const double y = TwoDigits(130 + i / 4 * 260 + double(random() % 1000) / 100);
    Shape shape{.type = type,
                .label = label,
                .source = "manual",
                .attributes = {{"color", "blue"}, {"parked", "true"}, {"speed", "12.5"}}};
    if (type == ShapeType::kPolygon) {
      shape.points = Blob(x, y, 140, random);
    } else if (type == ShapeType::kEllipse) {
      shape.points = {x, y, x + 140, y - 100};
    } else {
      shape.points = {x - 99.99, y - 80.5, x + 100.25, y + 90.75};
    }
    (void)builder.AddShape(frame, std::move(shape));
  }
  return *builder.Finish();
}

double Nanoseconds(const std::vector<double>& numbers) {
  std::string text;
  return 1e3 / double(numbers.size()) * Measure(20, [&] {
           text.clear();
           for (double number : numbers) AppendRepr(number, text);
         });
}

void Texts() {
  std::mt19937 random(2);
  std::vector<double> hundredths, differences;
  for (int i = 0; i < 10000; ++i) {
    hundredths.push_back(double(random() % 192000) / 100);
    differences.push_back(double(random() % 192000) / 100 - double(random() % 192000) / 100);
  }
  std::printf("repr_ns_two_digits %.1f\n", Nanoseconds(hundredths));
  std::printf("repr_ns_differences %.1f\n", Nanoseconds(differences));
}

void Items(const char* name, ShapeType type) {
  const std::unique_ptr<Dataset> data = FrameOf(type);
  const double whole = Measure(500, [&] { (void)ItemOf(*data, 0); });
  const double read = Measure(500, [&] {
    (void)data->GetFrame(0);
    (void)data->Names(0);
    (void)data->Shapes(0);
  });
  std::printf("item_us_%s %.2f\nitem_us_%s_without_reading %.2f\n", name, whole, name,
              whole - read);
}

void Pixels(const char* name, ShapeType type) {
  const std::unique_ptr<Dataset> data = FrameOf(type);
  const Item before = *ItemOf(*data, 0);
  Item item;
  std::printf("to_masks_us_%s %.1f\n", name, Measure(20, [&] {
                item = before;
                EverythingToMasks(item);
              }));
  std::vector<const CocoMask*> masks;
  std::vector<uint16_t> values;
  for (const ItemAnnotation& mask : item.annotations) {
    masks.push_back(&mask.mask);
    values.push_back(uint16_t(values.size() + 1));
  }
  PixelMap pixels;
  const double draw = Measure(5, [&] { pixels = *DrawMasks(masks, values, kHeight, kWidth); });
  std::printf("draw_us_%s %.0f\n", name, draw);
  const std::vector<Rgb> colors = VocColors(256);
  const auto report = [&](const char* kind, const std::function<std::string()>& make) {
    size_t bytes = 0;
    const double encode = Measure(5, [&] { bytes = make().size(); });
    std::printf("%s_us_%s %.0f\n%s_bytes_%s %zu\n%s_per_second_%s_with_drawing %.0f\n", kind, name,
                encode, kind, name, bytes, kind, name, 1e6 / (draw + encode));
  };
  report("gray8", [&] { return PngGray8(pixels); });
  report("gray16", [&] { return PngGray16(pixels); });
  report("rgb", [&] { return PngRgb(pixels, colors); });
}

int Main() {
  Texts();
  Items("box", ShapeType::kRectangle);
  Items("polygon", ShapeType::kPolygon);
  Pixels("box", ShapeType::kRectangle);
  Pixels("polygon", ShapeType::kPolygon);
  Pixels("ellipse", ShapeType::kEllipse);
  return 0;
}

}  // namespace
}  // namespace annofs::bench

int main() { return annofs::bench::Main(); }
