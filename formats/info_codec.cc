#include "formats/info_codec.h"

#include <array>
#include <optional>
#include <utility>

#include "cache/base/number_code.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Numbers are varints (zigzag where they may be negative), texts and lists have their length before
// them.
class Encoder {
 public:
  void Unsigned(uint64_t value) { AppendNumber(bytes_, value); }
  void Signed(int64_t value) { AppendSigned(bytes_, value); }
  void Text(const std::string& value) {
    Unsigned(value.size());
    bytes_ += value;
  }
  template <typename T, typename Fn>
  void List(const std::vector<T>& values, Fn encode) {
    Unsigned(values.size());
    for (const T& value : values) encode(value);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// A read past the end gives zeros and makes ok() false.
class Decoder {
 public:
  explicit Decoder(absl::string_view bytes) : codes_(bytes) {}

  uint64_t Unsigned() { return codes_.Number(); }
  int64_t Signed() { return codes_.Signed(); }
  std::string Text() { return std::string(codes_.Bytes(Length())); }
  template <typename T, typename Fn>
  std::vector<T> List(Fn decode) {
    std::vector<T> values;
    for (uint64_t count = Length(); count > 0 && ok(); --count) values.push_back(decode());
    return values;
  }
  bool ok() const { return codes_.ok() && !wrong_; }
  absl::Status Finish() const {
    if (ok() && codes_.empty()) return absl::OkStatus();
    return absl::InternalError("a record of the dataset index is damaged");
  }

 private:
  // A count of things that take at least a byte each, so a damaged one cannot ask for more memory
  // than there are bytes.
  uint64_t Length() {
    uint64_t length = Unsigned();
    if (length <= codes_.rest().size()) return length;
    wrong_ = true;
    return 0;
  }

  CodeReader codes_;
  bool wrong_ = false;  // a number that cannot be
};

void Encode(Encoder& out, const SourceVersion& source) {
  out.Text(source.key);
  out.Text(source.version);
  out.Text(source.format);
}

SourceVersion DecodeSource(Decoder& in) {
  SourceVersion source;
  source.key = in.Text();
  source.version = in.Text();
  source.format = in.Text();
  return source;
}

void Encode(Encoder& out, const AttributeSpec& spec) {
  out.Text(spec.name);
  out.Unsigned(spec.is_mutable);
  out.Text(spec.input_type);
  out.Text(spec.default_value);
  out.List(spec.values, [&out](const std::string& value) { out.Text(value); });
}

AttributeSpec DecodeSpec(Decoder& in) {
  AttributeSpec spec;
  spec.name = in.Text();
  spec.is_mutable = in.Unsigned() != 0;
  spec.input_type = in.Text();
  spec.default_value = in.Text();
  spec.values = in.List<std::string>([&in] { return in.Text(); });
  return spec;
}

void Encode(Encoder& out, const Label& label) {
  out.Text(label.name);
  out.Text(label.color);
  out.Text(label.type);
  out.Signed(label.parent);
  out.List(label.attributes, [&out](const AttributeSpec& spec) { Encode(out, spec); });
  out.Text(label.svg);
}

Label DecodeLabel(Decoder& in) {
  Label label;
  label.name = in.Text();
  label.color = in.Text();
  label.type = in.Text();
  label.parent = int32_t(in.Signed());
  label.attributes = in.List<AttributeSpec>([&in] { return DecodeSpec(in); });
  label.svg = in.Text();
  return label;
}

// 0 for nothing, else the number + 1; one that is too great for that is as if not said.
void Encode(Encoder& out, const std::optional<uint64_t>& number) {
  out.Unsigned(number ? *number + 1 : 0);
}

std::optional<uint64_t> DecodeOptional(Decoder& in) {
  const uint64_t code = in.Unsigned();
  return code == 0 ? std::nullopt : std::optional(code - 1);
}

void Encode(Encoder& out, const User& user) {
  out.Text(user.name);
  out.Text(user.email);
}

User DecodeUser(Decoder& in) {
  User user;
  user.name = in.Text();
  user.email = in.Text();
  return user;
}

void Encode(Encoder& out, const Task& task) {
  out.Signed(task.id);
  out.Text(task.name);
  out.Text(task.subset);
  out.Unsigned(task.is_video);
  out.Unsigned(task.is_3d);
  for (const auto* number : {&task.size, &task.start_frame, &task.stop_frame, &task.overlap}) {
    Encode(out, *number);
  }
  out.Text(task.frame_filter);
  out.Text(task.bug_tracker);
  out.Text(task.created);
  out.Text(task.updated);
  Encode(out, task.owner);
  Encode(out, task.assignee);
  out.Text(task.video.name);
  out.Unsigned(task.video.width);
  out.Unsigned(task.video.height);
}

Task DecodeTask(Decoder& in) {
  Task task;
  task.id = in.Signed();
  task.name = in.Text();
  task.subset = in.Text();
  task.is_video = in.Unsigned() != 0;
  task.is_3d = in.Unsigned() != 0;
  for (auto* number : {&task.size, &task.start_frame, &task.stop_frame, &task.overlap}) {
    *number = DecodeOptional(in);
  }
  task.frame_filter = in.Text();
  task.bug_tracker = in.Text();
  task.created = in.Text();
  task.updated = in.Text();
  task.owner = DecodeUser(in);
  task.assignee = DecodeUser(in);
  task.video.name = in.Text();
  task.video.width = uint32_t(in.Unsigned());
  task.video.height = uint32_t(in.Unsigned());
  return task;
}

void Encode(Encoder& out, const Job& job) {
  out.Signed(job.id);
  out.Unsigned(job.task);
  out.Unsigned(uint64_t(job.kind));
  out.Text(job.stage);
  out.Text(job.state);
  out.Text(job.assignee);
  Encode(out, job.start);
  Encode(out, job.stop);
}

Job DecodeJob(Decoder& in) {
  Job job;
  job.id = in.Signed();
  job.task = uint32_t(in.Unsigned());
  job.kind = Job::Kind(in.Unsigned());
  job.stage = in.Text();
  job.state = in.Text();
  job.assignee = in.Text();
  job.start = DecodeOptional(in);
  job.stop = DecodeOptional(in);
  return job;
}

using Counts = std::array<uint64_t, kShapeTypeCount>;

void Encode(Encoder& out, const Counts& counts) {
  for (uint64_t count : counts) out.Unsigned(count);
}

Counts DecodeCounts(Decoder& in) {
  Counts counts;
  for (uint64_t& count : counts) count = in.Unsigned();
  return counts;
}

}  // namespace

std::string EncodeInfo(const DatasetInfo& info) {
  Encoder out;
  out.Text(info.name);
  out.Text(info.id);
  out.List(info.sources, [&out](const SourceVersion& source) { Encode(out, source); });
  out.List(info.other_sources, [&out](const SourceVersion& source) { Encode(out, source); });
  out.List(info.tasks, [&out](const Task& task) { Encode(out, task); });
  out.List(info.jobs, [&out](const Job& job) { Encode(out, job); });
  out.List(info.labels, [&out](const Label& label) { Encode(out, label); });
  out.List(info.label_counts, [&out](const Counts& counts) { Encode(out, counts); });
  for (uint64_t count : info.shape_counts) out.Unsigned(count);
  out.Unsigned(info.left_out_frames);
  out.Unsigned(info.left_out_shapes);
  return out.Take();
}

absl::StatusOr<DatasetInfo> DecodeInfo(absl::string_view data) {
  Decoder in(data);
  DatasetInfo info;
  info.name = in.Text();
  info.id = in.Text();
  info.sources = in.List<SourceVersion>([&in] { return DecodeSource(in); });
  info.other_sources = in.List<SourceVersion>([&in] { return DecodeSource(in); });
  info.tasks = in.List<Task>([&in] { return DecodeTask(in); });
  info.jobs = in.List<Job>([&in] { return DecodeJob(in); });
  info.labels = in.List<Label>([&in] { return DecodeLabel(in); });
  info.label_counts = in.List<Counts>([&in] { return DecodeCounts(in); });
  for (uint64_t& count : info.shape_counts) count = in.Unsigned();
  info.left_out_frames = in.Unsigned();
  info.left_out_shapes = in.Unsigned();
  RETURN_IF_ERROR(in.Finish());
  return info;
}

}  // namespace annofs
