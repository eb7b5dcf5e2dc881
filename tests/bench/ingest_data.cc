// The sources of tests/bench/ingest, made up but in CVAT's own words; the same in each run.
//
//   ingest_data backup FILE FRAMES BOXES         lightweight task backup, BOXES on each frame
//   ingest_data images_xml FILE FRAMES BOXES     the same task as CVAT for images 1.1
//   ingest_data attributes_xml FILE FRAMES BOXES the same boxes, each with two or three attributes
//   ingest_data video_backup FILE FRAMES TRACKS  a video, a keyframe about every 20 frames
//   ingest_data video_xml FILE FRAMES TRACKS     the same video as CVAT for video 1.1, dense
//   ingest_data media DIR FRAMES                 an empty file for each frame of the first two
//   ingest_data bytes DIR                        bytes in use of the LMDB environment DIR
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/meters.h"
#include "tests/bench/stored_zip.h"

namespace annofs::bench {
namespace {

constexpr int kWidth = 1920, kHeight = 1080;
constexpr uint64_t kFramesOfDirectory = 1000;
constexpr const char* kLabels[] = {"car",     "truck",   "pedestrian",  "cyclist",
                                   "traffic", "bicycle", "motor cycle", "bus"};
// Who has attributes, and how many: two of the first two labels now and then; two or three always.
enum class Attributes : uint8_t { kFew, kMany };
constexpr size_t kLabelsWithFew = 2;
constexpr const char* kColors[] = {"blue", "red", "white", "black"};

// SplitMix64: the same numbers on every machine.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t Roll(uint64_t sides) {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % sides;
  }

 private:
  uint64_t state_;
};

// In thousandths of a pixel.
struct Box {
  int64_t left = 0, top = 0, right = 0, bottom = 0;
};

Box DrawBox(Dice& dice) {
  Box box{.left = int64_t(dice.Roll(1600000)), .top = int64_t(dice.Roll(800000))};
  box.right = box.left + 8000 + int64_t(dice.Roll(300000));
  box.bottom = box.top + 8000 + int64_t(dice.Roll(250000));
  return box;
}

// As Python prints a float of three digits.
void AppendFloat(int64_t thousandths, std::string& text) {
  char digits[4] = {'.', char('0' + thousandths / 100 % 10), char('0' + thousandths / 10 % 10),
                    char('0' + thousandths % 10)};
  const size_t count = digits[3] != '0' ? 4 : digits[2] != '0' ? 3 : 2;
  absl::StrAppend(&text, thousandths / 1000, absl::string_view(digits, count));
}

// As "%.2f" prints them.
void AppendTwoDigits(int64_t hundredths, std::string& text) {
  const char digits[3] = {'.', char('0' + hundredths / 10 % 10), char('0' + hundredths % 10)};
  absl::StrAppend(&text, hundredths / 100, absl::string_view(digits, 3));
}

std::string FrameName(uint64_t frame) {
  return absl::StrFormat("camera_%04d/%09d", frame / kFramesOfDirectory, frame);
}

// What is on a frame, by its number alone: backup and XML of a task hold the same.
struct Drawn {
  Box box;
  uint64_t label = 0, color = 0;
  bool occluded = false, with_attributes = false;
};

Drawn DrawShape(Dice& dice) {
  Drawn drawn{.box = DrawBox(dice)};
  drawn.label = dice.Roll(std::size(kLabels));
  drawn.occluded = dice.Roll(8) == 0;
  // Labels 0 and 1 have attributes; people fill them now and then.
  drawn.with_attributes = drawn.label < 2 && dice.Roll(2) == 0;
  drawn.color = dice.Roll(std::size(kColors));
  return drawn;
}

void AppendPoints(const Box& box, std::string& text) {
  text += "\"points\": [";
  AppendFloat(box.left, text);
  text += ", ";
  AppendFloat(box.top, text);
  text += ", ";
  AppendFloat(box.right, text);
  text += ", ";
  AppendFloat(box.bottom, text);
  text += ']';
}

const char* Boolean(bool value) { return value ? "true" : "false"; }

void AppendShapeJson(const Drawn& drawn, uint64_t frame, std::string& text) {
  absl::StrAppend(&text, "{\"type\": \"rectangle\", \"occluded\": ", Boolean(drawn.occluded),
                  ", \"outside\": false, \"z_order\": 0, \"rotation\": 0.0, ");
  AppendPoints(drawn.box, text);
  absl::StrAppend(&text, ", \"frame\": ", frame,
                  ", \"group\": 0, \"source\": \"manual\", \"attributes\": [");
  if (drawn.with_attributes) {
    absl::StrAppend(&text, "{\"value\": \"", kColors[drawn.color],
                    "\", \"name\": \"color\"}, {\"value\": \"false\", \"name\": \"parked\"}");
  }
  absl::StrAppend(&text, "], \"score\": 1.0, \"elements\": [], \"label\": \"", kLabels[drawn.label],
                  "\"}");
}

std::string TaskJson(absl::string_view name, uint64_t frames) {
  std::string labels;
  for (size_t i = 0; i < std::size(kLabels); ++i) {
    const char* attributes =
        i < 2 ? "{\"name\": \"color\", \"mutable\": false, \"input_type\": \"select\", "
                "\"default_value\": \"white\", \"values\": [\"blue\", \"red\", \"white\", "
                "\"black\"]}, {\"name\": \"parked\", \"mutable\": true, \"input_type\": "
                "\"checkbox\", \"default_value\": \"false\", \"values\": [\"false\"]}"
              : "";
    absl::StrAppend(&labels, i == 0 ? "" : ", ", "{\"name\": \"", kLabels[i],
                    "\", \"color\": \"#2080c", i, "\", \"attributes\": [", attributes,
                    "], \"type\": \"any\", \"sublabels\": []}");
  }
  return absl::StrCat(
      "{\"name\": \"", name,
      "\", \"bug_tracker\": \"\", \"status\": \"annotation\", \"subset\": \"train\", \"labels\": [",
      labels,
      "], \"version\": \"1.0\", \"data\": {\"chunk_size\": 72, \"image_quality\": 70, "
      "\"start_frame\": 0, \"stop_frame\": ",
      frames - 1,
      ", \"storage_method\": \"cache\", \"storage\": \"cloud_storage\", \"sorting_method\": "
      "\"lexicographical\", \"chunk_type\": \"imageset\", \"deleted_frames\": []}, \"jobs\": "
      "[{\"status\": \"annotation\", \"type\": \"annotation\", \"start_frame\": 0, "
      "\"stop_frame\": ",
      frames - 1, "}]}");
}

void WriteImageManifest(Output& out, uint64_t frames) {
  out.text() += "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n";
  for (uint64_t frame = 0; frame < frames; ++frame) {
    absl::StrAppend(&out.text(), "{\"name\":\"", FrameName(frame),
                    "\",\"extension\":\".jpg\",\"width\":", kWidth, ",\"height\":", kHeight,
                    ",\"meta\":{\"related_images\":[]}}\n");
    out.Flow();
  }
}

void WriteBackup(const std::string& path, uint64_t frames, uint64_t boxes) {
  StoredZip zip(path);
  zip.Begin("data/manifest.jsonl");
  WriteImageManifest(zip, frames);
  zip.Begin("task.json");
  zip.text() += TaskJson("bench images", frames);
  zip.Begin("annotations.json");
  zip.text() += "[{\"version\": 0, \"tags\": [], \"shapes\": [";
  for (uint64_t frame = 0; frame < frames; ++frame) {
    Dice dice(frame);
    for (uint64_t i = 0; i < boxes; ++i) {
      if (frame + i > 0) zip.text() += ", ";
      AppendShapeJson(DrawShape(dice), frame, zip.text());
      zip.Flow();
    }
  }
  zip.text() += "], \"tracks\": []}]";
  zip.Finish();
}

void AppendXmlMeta(uint64_t frames, absl::string_view mode, std::string& text,
                   Attributes attributes = Attributes::kFew) {
  absl::StrAppend(
      &text,
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
      "  <meta>\n    <task>\n      <id>1</id>\n      <name>bench ",
      mode, "</name>\n      <size>", frames, "</size>\n      <mode>", mode,
      "</mode>\n      <overlap>0</overlap>\n      <subset>train</subset>\n"
      "      <start_frame>0</start_frame>\n      <stop_frame>",
      frames - 1, "</stop_frame>\n      <frame_filter></frame_filter>\n      <labels>\n");
  for (size_t i = 0; i < std::size(kLabels); ++i) {
    absl::StrAppend(&text, "        <label>\n          <name>", kLabels[i],
                    "</name>\n          <color>#2080c", i,
                    "</color>\n          <type>any</type>\n          <attributes>\n");
    if (i < kLabelsWithFew || attributes == Attributes::kMany) {
      text +=
          "            <attribute>\n              <name>color</name>\n"
          "              <mutable>False</mutable>\n              <input_type>select</input_type>\n"
          "              <default_value>white</default_value>\n"
          "              <values>blue\nred\nwhite\nblack</values>\n            </attribute>\n"
          "            <attribute>\n              <name>parked</name>\n"
          "              <mutable>True</mutable>\n"
          "              <input_type>checkbox</input_type>\n"
          "              <default_value>false</default_value>\n"
          "              <values>false</values>\n            </attribute>\n";
    }
    if (attributes == Attributes::kMany) {
      text +=
          "            <attribute>\n              <name>distance</name>\n"
          "              <mutable>True</mutable>\n"
          "              <input_type>number</input_type>\n"
          "              <default_value>0</default_value>\n"
          "              <values>0\n500\n1</values>\n            </attribute>\n";
    }
    text += "          </attributes>\n        </label>\n";
  }
  text += "      </labels>\n";
  if (mode == "interpolation") {
    absl::StrAppend(&text, "      <original_size>\n        <width>", kWidth,
                    "</width>\n        <height>", kHeight,
                    "</height>\n      </original_size>\n      <source>clip.mp4</source>\n");
  }
  text += "    </task>\n    <dumped>2026-01-01 00:00:00+00:00</dumped>\n  </meta>\n";
}

// xtl="…" and so on; in hundredths.
void AppendCorners(const Box& box, std::string& text) {
  text += " xtl=\"";
  AppendTwoDigits(box.left, text);
  text += "\" ytl=\"";
  AppendTwoDigits(box.top, text);
  text += "\" xbr=\"";
  AppendTwoDigits(box.right, text);
  text += "\" ybr=\"";
  AppendTwoDigits(box.bottom, text);
  text += '"';
}

Box Rounded(const Box& box) {
  return {(box.left + 5) / 10, (box.top + 5) / 10, (box.right + 5) / 10, (box.bottom + 5) / 10};
}

void AppendXmlAttributes(const Drawn& drawn, Attributes attributes, std::string& text) {
  const bool are_many = attributes == Attributes::kMany;
  if (!drawn.with_attributes && !are_many) return;
  absl::StrAppend(&text, "      <attribute name=\"color\">", kColors[drawn.color],
                  "</attribute>\n      <attribute name=\"parked\">false</attribute>\n");
  if (!are_many || drawn.box.left % 2 == 0) return;
  absl::StrAppend(&text, "      <attribute name=\"distance\">", drawn.box.top % 500,
                  "</attribute>\n");
}

void WriteImagesXml(const std::string& path, uint64_t frames, uint64_t boxes,
                    Attributes attributes) {
  PlainFile out(path);
  AppendXmlMeta(frames, "annotation", out.text(), attributes);
  for (uint64_t frame = 0; frame < frames; ++frame) {
    Dice dice(frame);
    absl::StrAppend(&out.text(), "  <image id=\"", frame, "\" name=\"", FrameName(frame),
                    ".jpg\" subset=\"train\" width=\"", kWidth, "\" height=\"", kHeight, "\">\n");
    for (uint64_t i = 0; i < boxes; ++i) {
      const Drawn drawn = DrawShape(dice);
      absl::StrAppend(&out.text(), "    <box label=\"", kLabels[drawn.label],
                      "\" source=\"manual\" occluded=\"", int(drawn.occluded), "\"");
      AppendCorners(Rounded(drawn.box), out.text());
      out.text() += " z_order=\"0\">\n";
      AppendXmlAttributes(drawn, attributes, out.text());
      out.text() += "    </box>\n";
      out.Flow();
    }
    out.text() += "  </image>\n";
  }
  out.text() += "</annotations>\n";
  out.Finish();
}

// A track of rectangles: goes from keyframe to keyframe.
class Track {
 public:
  Track(uint64_t number, uint64_t frames)
      : dice_(number), frames_(frames), label_(dice_.Roll(std::size(kLabels))) {
    next_box_ = Rounded(DrawBox(dice_));
  }
  uint64_t label() const { return label_; }
  uint64_t keyframe() const { return next_; }
  const Box& box() const { return next_box_; }
  bool ended() const { return next_ >= frames_; }
  void Advance() {
    next_ += 15 + dice_.Roll(11);
    for (int64_t* side : {&next_box_.left, &next_box_.right}) *side += int64_t(dice_.Roll(400));
    for (int64_t* side : {&next_box_.top, &next_box_.bottom}) *side += int64_t(dice_.Roll(300));
    if (next_box_.right > 190000 || next_box_.bottom > 106000) next_box_ = Rounded(DrawBox(dice_));
  }

 private:
  Dice dice_;
  uint64_t frames_, label_, next_ = 0;
  Box next_box_;
};

void WriteVideoBackup(const std::string& path, uint64_t frames, uint64_t tracks) {
  StoredZip zip(path);
  zip.Begin("data/manifest.jsonl");
  absl::StrAppend(&zip.text(),
                  "{\"version\":\"1.1\"}\n{\"type\":\"video\"}\n{\"properties\":{\"name\":"
                  "\"clip.mp4\",\"resolution\":[",
                  kWidth, ",", kHeight, "],\"length\":", frames,
                  ",\"chapters\":[]}}\n{\"number\":0,\"pts\":0,\"checksum\":"
                  "\"00000000000000000000000000000000\"}\n");
  zip.Begin("task.json");
  zip.text() += TaskJson("bench video", frames);
  zip.Begin("annotations.json");
  zip.text() += "[{\"version\": 0, \"tags\": [], \"shapes\": [], \"tracks\": [";
  for (uint64_t number = 0; number < tracks; ++number) {
    absl::StrAppend(&zip.text(), number == 0 ? "" : ", ",
                    "{\"frame\": 0, \"group\": 0, \"source\": \"manual\", \"shapes\": [");
    Track track(number, frames);
    for (; !track.ended(); track.Advance()) {
      absl::StrAppend(&zip.text(), track.keyframe() == 0 ? "" : ", ",
                      "{\"type\": \"rectangle\", \"occluded\": false, \"outside\": false, "
                      "\"z_order\": 0, \"rotation\": 0.0, ");
      const Box& box = track.box();
      AppendPoints({box.left * 10, box.top * 10, box.right * 10, box.bottom * 10}, zip.text());
      absl::StrAppend(&zip.text(), ", \"frame\": ", track.keyframe(), ", \"attributes\": []}");
      zip.Flow();
    }
    absl::StrAppend(&zip.text(), "], \"attributes\": [], \"elements\": [], \"label\": \"",
                    kLabels[track.label()], "\"}");
  }
  zip.text() += "]}]";
  zip.Finish();
}

int64_t Between(int64_t a, int64_t b, double part) {
  return std::llround(double(a) + double(b - a) * part);
}

void AppendTrackBox(uint64_t frame, bool keyframe, const Box& box, std::string& text) {
  absl::StrAppend(&text, "    <box frame=\"", frame, "\" keyframe=\"", int(keyframe),
                  "\" outside=\"0\" occluded=\"0\"");
  AppendCorners(box, text);
  text += " z_order=\"0\">\n    </box>\n";
}

void WriteVideoXml(const std::string& path, uint64_t frames, uint64_t tracks) {
  PlainFile out(path);
  AppendXmlMeta(frames, "interpolation", out.text());
  for (uint64_t number = 0; number < tracks; ++number) {
    Track track(number, frames);
    absl::StrAppend(&out.text(), "  <track id=\"", number, "\" label=\"", kLabels[track.label()],
                    "\" source=\"manual\">\n");
    while (!track.ended()) {
      const uint64_t from = track.keyframe();
      const Box a = track.box();
      track.Advance();
      const Box& b = track.ended() ? a : track.box();  // the last one stays where it is
      const double length = double(track.keyframe() - from);
      for (uint64_t frame = from; frame < track.keyframe() && frame < frames; ++frame) {
        const double part = double(frame - from) / length;
        AppendTrackBox(frame, frame == from,
                       {Between(a.left, b.left, part), Between(a.top, b.top, part),
                        Between(a.right, b.right, part), Between(a.bottom, b.bottom, part)},
                       out.text());
        out.Flow();
      }
    }
    out.text() += "  </track>\n";
  }
  out.text() += "</annotations>\n";
  out.Finish();
}

void WriteMedia(const std::string& root, uint64_t frames) {
  for (uint64_t frame = 0; frame < frames; ++frame) {
    const std::string path = absl::StrCat(root, "/", FrameName(frame), ".jpg");
    if (frame % kFramesOfDirectory == 0) mkdir(path.substr(0, path.rfind('/')).c_str(), 0755);
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) Fail(path);
    close(file);
  }
}

int Usage() {
  std::fputs("usage: ingest_data KIND PATH [FRAMES [PER_FRAME]]: see the first lines\n", stderr);
  return 2;
}

int Main(int argc, char** argv) {
  if (argc < 3) return Usage();
  const std::string kind = argv[1], path = argv[2];
  const uint64_t frames = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 0;
  const uint64_t per_frame = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 0;
  if (kind == "bytes") {
    const LmdbBytes bytes = LmdbBytesOf(path);
    std::printf("used %llu\n", static_cast<unsigned long long>(bytes.used));
    return bytes.used == 0 ? 1 : 0;
  }
  if (frames == 0) return Usage();
  if (kind == "media") return WriteMedia(path, frames), 0;
  if (kind == "backup") return WriteBackup(path, frames, per_frame), 0;
  if (kind == "images_xml") return WriteImagesXml(path, frames, per_frame, Attributes::kFew), 0;
  if (kind == "attributes_xml") {
    return WriteImagesXml(path, frames, per_frame, Attributes::kMany), 0;
  }
  if (kind == "video_backup") return WriteVideoBackup(path, frames, per_frame), 0;
  if (kind == "video_xml") return WriteVideoXml(path, frames, per_frame), 0;
  return Usage();
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) { return annofs::bench::Main(argc, argv); }
