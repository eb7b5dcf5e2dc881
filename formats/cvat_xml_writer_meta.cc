#include "formats/cvat_xml_writer_meta.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/status.h"
#include "formats/cvat_xml_writer_text.h"

namespace annofs {
namespace {

// Elements below <meta>, a level at a time.
class Meta {
 public:
  explicit Meta(std::string& out) : out_(out) {}

  void Leaf(absl::string_view name, absl::string_view text) {
    AppendXmlLeaf(level_, name, text, out_);
  }
  void Number(absl::string_view name, uint64_t number) { Leaf(name, absl::StrCat(number)); }
  void Id(int64_t id) { Leaf("id", id < 0 ? "" : absl::StrCat(id)); }
  template <typename Fn>
  void In(absl::string_view name, Fn fn) {
    AppendXmlOpen(level_, name, out_);
    ++level_;
    fn();
    --level_;
    AppendXmlClose(level_, name, out_);
  }
  void Person(absl::string_view name, const User& user) {
    if (user.name.empty() && user.email.empty()) return Leaf(name, "");
    In(name, [&] {
      Leaf("username", user.name);
      Leaf("email", user.email);
    });
  }

 private:
  std::string& out_;
  int level_ = 2;
};

void WriteAttribute(const AttributeSpec& spec, Meta& out) {
  out.In("attribute", [&] {
    out.Leaf("name", spec.name);
    out.Leaf("mutable", spec.is_mutable ? "True" : "False");
    out.Leaf("input_type", spec.input_type);
    out.Leaf("default_value", spec.default_value);
    out.Leaf("values", absl::StrJoin(spec.values, "\n"));
  });
}

void WriteLabels(const DatasetInfo& info, Meta& out) {
  out.In("labels", [&] {
    for (const Label& label : info.labels) {
      out.In("label", [&] {
        out.Leaf("name", label.name);
        out.Leaf("color", label.color);
        out.Leaf("type", label.type);
        out.In("attributes", [&] {
          for (const AttributeSpec& spec : label.attributes) WriteAttribute(spec, out);
        });
        if (label.parent >= 0) out.Leaf("parent", info.labels[size_t(label.parent)].name);
        if (label.type == "skeleton") out.Leaf("svg", label.svg);
      });
    }
  });
}

void WriteSegments(const std::vector<const Job*>& jobs, Meta& out) {
  out.In("segments", [&] {
    for (const Job* job : jobs) {
      out.In("segment", [&] {
        out.Id(job->id);
        out.Number("start", *job->start);
        out.Number("stop", *job->stop);
        out.Leaf("url", job->id < 0 ? "" : absl::StrCat("/api/jobs/", job->id));
      });
    }
  });
}

// Without labels and the file of a video.
void WriteTask(const Task& task, const CvatXmlWriterTasks::One& one,
               const std::vector<const Job*>& jobs, Meta& out) {
  out.Id(one.id);
  out.Leaf("name", task.name);
  out.Number("size", one.size);
  out.Leaf("mode", task.is_video ? "interpolation" : "annotation");
  out.Number("overlap", one.overlap);
  out.Leaf("bugtracker", task.bug_tracker);
  out.Leaf("created", task.created);
  out.Leaf("updated", task.updated);
  out.Leaf("subset", CvatXmlSubset(task.subset));
  out.Number("start_frame", one.start);
  out.Number("stop_frame", one.stop);
  out.Leaf("frame_filter", task.frame_filter);
  WriteSegments(jobs, out);
  out.Person("owner", task.owner);
  out.Person("assignee", task.assignee);
}

void WriteVideo(const Task& task, Meta& out) {
  if (!task.is_video) return;
  if (task.video.width > 0 || task.video.height > 0) {
    out.In("original_size", [&] {
      out.Number("width", task.video.width);
      out.Number("height", task.video.height);
    });
  }
  out.Leaf("source", task.video.name);
}

// The jobs of annotation by task, those that say what they cover.
std::vector<std::vector<const Job*>> JobsByTask(const DatasetInfo& info) {
  std::vector<std::vector<const Job*>> jobs(std::max<size_t>(info.tasks.size(), 1));
  for (const Job& job : info.jobs) {
    const bool is_told = job.kind == Job::Kind::kAnnotation && job.start && job.stop;
    if (is_told && job.task < jobs.size()) jobs[job.task].push_back(&job);
  }
  return jobs;
}

std::string NewestDate(const DatasetInfo& info) {
  std::string newest;
  for (const Task& task : info.tasks) {
    newest = std::max({std::move(newest), task.created, task.updated});
  }
  return newest;
}

}  // namespace

absl::StatusOr<std::string> RenderCvatXmlHead(const Dataset& data,
                                              const CvatXmlWriterTasks& tasks) {
  const DatasetInfo& info = data.info();
  ASSIGN_OR_RETURN(std::vector<std::string> subsets, data.Subsets());
  for (std::string& subset : subsets) subset = std::string(CvatXmlSubset(subset));
  const std::vector<std::vector<const Job*>> jobs = JobsByTask(info);
  std::string text =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotations>\n  <version>1.1</version>\n"
      "  <meta>";
  Meta out(text);
  if (tasks.is_project()) {
    out.In("project", [&] {
      out.Id(-1);
      out.Leaf("name", info.name);
      for (absl::string_view unknown : {"bugtracker", "created", "updated"}) out.Leaf(unknown, "");
      out.In("tasks", [&] {
        for (uint32_t task : tasks.order()) {
          out.In("task", [&] {
            WriteTask(tasks.Meta(info, task), tasks[task], jobs[task], out);
            WriteVideo(tasks.Meta(info, task), out);
          });
        }
      });
      out.Leaf("subsets", absl::StrJoin(subsets, "\n"));
      for (absl::string_view unknown : {"owner", "assignee"}) out.Leaf(unknown, "");
      WriteLabels(info, out);
    });
  } else {
    out.In("task", [&] {
      WriteTask(tasks.Meta(info, 0), tasks[0], jobs[0], out);
      WriteLabels(info, out);
      WriteVideo(tasks.Meta(info, 0), out);
    });
  }
  if (const std::string dumped = NewestDate(info); !dumped.empty()) out.Leaf("dumped", dumped);
  absl::StrAppend(&text, "\n  </meta>");
  return text;
}

}  // namespace annofs
