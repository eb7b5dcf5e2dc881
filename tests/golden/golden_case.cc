#include "tests/golden/golden_case.h"

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

// The inputs hold no context images, but the exports were made with one for each point cloud.
class WithContextImages : public DatasetBuilder {
 public:
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override {
    const std::string stem(WithoutExtension(BaseName(frame.name)));
    frame.related = {absl::StrCat("related_images/", stem, "_pcd/", stem, ".png")};
    return DatasetBuilder::AddFrame(std::move(frame));
  }
};

std::unique_ptr<Dataset> ReadInto(DatasetBuilder& builder, absl::string_view reader, Source& source,
                                  Images images) {
  const absl::Status status = FindReader(reader)->Read(source, builder);
  EXPECT_TRUE(status.ok()) << status;
  absl::StatusOr<std::unique_ptr<Dataset>> data =
      builder.Finish(images == Images::kAll ? ImageOfSize : DatasetBuilder::MediaFinder());
  EXPECT_TRUE(data.ok()) << data.status();
  if (!status.ok() || !data.ok()) return nullptr;
  const std::vector<Problem> problems = (*data)->Problems().value();
  for (const Problem& problem : problems) {
    // CVAT's trees have not these either.
    if (absl::StartsWith(problem.reason, "left out, as in CVAT's exports: ")) continue;
    ADD_FAILURE() << problem.source << " " << problem.position << ": " << problem.reason;
  }
  return *std::move(data);
}

std::unique_ptr<Dataset> ReadInput(const GoldenCase& which, Images images) {
  const std::string input = absl::StrCat("golden/", which.name, "/INPUT");
  DatasetBuilder builder;
  std::string backup;
  if (absl::StartsWith(which.name, "rand_")) backup = absl::StrCat(input, "/backup.zip");
  if (absl::EndsWith(which.name, "_2jobs_overlap2")) {  // the same task, with its jobs
    backup = "backups_derived/task_video_2jobs_overlap2.zip";
  }
  if (!backup.empty()) {
    MemorySource zip = FixtureSource(backup);
    return ReadInto(builder, "cvat_backup", zip, images);
  }
  std::map<std::string, std::string> files;
  for (const char* name : {"annotations.rest.json", "labels.rest.json"}) {
    files[name] = FixtureText(absl::StrCat(input, "/", name));
  }
  // The job was exported with what is known of its task.
  const std::string of_task = which.task.empty() ? which.name : which.task;
  const std::string meta = which.is_3d ? "frames.json" : "data_meta.json";
  files[meta] = FixtureText(absl::StrCat("golden/", of_task, "/INPUT/", meta));
  DirectorySource answers(input, "annotations.rest.json", std::move(files));
  if (!which.is_3d) return ReadInto(builder, "cvat_rest", answers, images);
  WithContextImages with_images;
  return ReadInto(with_images, "cvat_rest", answers, images);
}

}  // namespace

const std::vector<ExportFormat>& ExportFormats() {
  static const auto* formats =
      new std::vector<ExportFormat>{{"CamVid 1.0"},
                                    {"Cityscapes 1.0"},
                                    {"COCO 1.0"},
                                    {"COCO Keypoints 1.0"},
                                    {"CVAT for images 1.1"},
                                    {"CVAT for video 1.1"},
                                    {"Datumaro 1.0"},
                                    {"ICDAR Localization 1.0"},
                                    {"ICDAR Recognition 1.0"},
                                    {"ICDAR Segmentation 1.0"},
                                    {"ImageNet 1.0"},
                                    {"KITTI 1.0"},
                                    {"LabelMe 3.0"},
                                    {"LFW 1.0"},
                                    {"Market-1501 1.0"},
                                    {"MOT 1.1"},
                                    {"MOTS PNG 1.0"},
                                    {"Open Images V6 1.0"},
                                    {"PASCAL VOC 1.1"},
                                    {"Segmentation mask 1.1"},
                                    {"Ultralytics YOLO Classification 1.0"},
                                    {"Ultralytics YOLO Detection 1.0"},
                                    {"Ultralytics YOLO Detection Track 1.0"},
                                    {"Ultralytics YOLO Oriented Bounding Boxes 1.0"},
                                    {"Ultralytics YOLO Pose 1.0"},
                                    {"Ultralytics YOLO Segmentation 1.0"},
                                    {"VGGFace2 1.0"},
                                    {"WiderFace 1.0"},
                                    {"YOLO 1.1"},
                                    {"Datumaro 3D 1.0", true},
                                    {"Kitti Raw Format 1.0", true},
                                    {"Sly Point Cloud Format 1.0", true}};
  return *formats;
}

const std::vector<GoldenCase>& GoldenCases() {
  static const auto* cases = new std::vector<GoldenCase>{
      {"synth_images", "si"},
      {"synth_video", "sv"},
      {"synth_video_2jobs_overlap2", "sj"},
      {"synth_3d", "s3", true},
      {"rand_images_00", "i0"},
      {"rand_images_01", "i1"},
      {"rand_images_02", "i2"},
      {"rand_images_03", "i3"},
      {"rand_images_04", "i4"},
      {"rand_images_05", "i5"},
      {"rand_video_00", "v0"},
      {"rand_video_01", "v1"},
      {"rand_video_02", "v2"},
      {"cvat_task_2", "t2"},
      {"cvat_task_14", "t14"},
      {"cvat_task_22", "t22"},
      {.name = "cvat_job_28", .short_name = "j28", .task = "cvat_task_22"}};
  return *cases;
}

const Dataset* GoldenInput(const GoldenCase& which, Images images) {
  static auto* read = new std::map<std::pair<std::string, Images>, std::unique_ptr<Dataset>>;
  const auto [found, is_new] = read->try_emplace({which.name, images});
  if (is_new) found->second = ReadInput(which, images);
  return found->second.get();
}

absl::StatusOr<std::optional<Media>> ImageOfSize(const Frame& frame) {
  return std::optional<Media>(
      Media{.key = absl::StrCat(frame.width, "x", frame.height), .size = 1});
}

std::optional<FileTree> GoldenTree(const GoldenCase& which, absl::string_view format) {
  const std::string root = Fixture(absl::StrCat("golden/", which.name, "/", format));
  const absl::StatusOr<std::vector<std::string>> paths = ListTree(root);
  if (!paths.ok()) return std::nullopt;
  FileTree tree;
  for (const std::string& path : *paths) {
    if (absl::EndsWith(path, "/")) continue;
    absl::StatusOr<std::string> content = ReadFile(absl::StrCat(root, "/", path));
    EXPECT_TRUE(content.ok()) << content.status();
    tree[path] = *std::move(content);
  }
  return tree;
}

std::vector<std::string> FormatsThatFail(const GoldenCase& which) {
  std::vector<std::string> names;
  const absl::StatusOr<std::string> text =
      ReadFile(Fixture(absl::StrCat("golden/", which.name, "/EXPORT_ERRORS.json")));
  if (!text.ok()) return names;
  const absl::StatusOr<JsonDocument> errors = JsonDocument::Parse(*text);
  EXPECT_TRUE(errors.ok()) << errors.status();
  errors->root().ForEachMember(
      [&](absl::string_view name, JsonValue) { names.emplace_back(name); });
  return names;
}

}  // namespace annofs::testing
