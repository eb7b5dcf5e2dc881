#include "formats/copy_filter.h"

#include <algorithm>
#include <numbers>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/box.h"
#include "formats/gauss_area.h"

namespace annofs {
namespace {

bool IsOneOf(const std::string& text, const std::vector<std::string>& wanted) {
  return wanted.empty() || absl::c_linear_search(wanted, text);
}

// Behind the runs stands the box; background comes first.
double AreaOfMask(const std::vector<double>& points) {
  double area = 0;
  for (size_t i = 1; i + 4 < points.size(); i += 2) area += points[i];
  return area;
}

}  // namespace

absl::StatusOr<RankSet> FramesOfJobs(const Dataset& data, const std::vector<std::string>& states,
                                     const std::vector<std::string>& stages) {
  RankCollector annotated, found, others;
  const std::vector<Job>& jobs = data.info().jobs;
  for (uint32_t i = 0; i < jobs.size(); ++i) {
    const bool annotates = jobs[i].kind == Job::Kind::kAnnotation;
    const bool is_wanted = IsOneOf(jobs[i].state, states) && IsOneOf(jobs[i].stage, stages);
    if (!annotates && !is_wanted) continue;
    ASSIGN_OR_RETURN(const RankSet frames, data.With(FrameTerm::OfJob(i)));
    if (annotates) annotated.AddAll(frames);
    if (is_wanted) (annotates ? found : others).AddAll(frames);
  }
  return UnionOf(found.Take(), Without(others.Take(), annotated.Take()));
}

std::optional<double> AreaInPixels(const Shape& shape) {
  const std::optional<Box> box = OwnBox(shape);
  if (!box) return std::nullopt;
  switch (shape.type) {
    case ShapeType::kTag:
    case ShapeType::kPoints:
    case ShapeType::kPolyline:
      return std::nullopt;
    case ShapeType::kPolygon:
      return GaussArea(shape.points);
    case ShapeType::kMask:
      return AreaOfMask(shape.points);
    case ShapeType::kEllipse:
      return box->width() * box->height() * std::numbers::pi / 4;
    case ShapeType::kRectangle:
    case ShapeType::kCuboid:
    case ShapeType::kSkeleton:
      break;
  }
  return box->width() * box->height();
}

CopyFilter::Values::Values(const std::vector<std::string>& values) : seen(values.size()) {
  for (uint32_t i = 0; i < values.size(); ++i) places.try_emplace(values[i], i);
}

bool CopyFilter::Values::Has(absl::string_view value) {
  const auto found = places.find(value);
  if (found == places.end()) return false;
  seen[found->second] = true;
  return true;
}

CopyFilter::CopyFilter(const Where& where)
    : where_(where),
      is_all_(where == Where()),
      sources_(where.sources),
      states_(where.job_states),
      stages_(where.job_stages) {
  for (ShapeType type : where.types) types_ |= 1u << unsigned(type);
  for (const auto& [name, values] : where.attributes) {
    attributes_.push_back({.name = name, .values = Values(values), .defaults = {}});
  }
}

absl::Status CopyFilter::Begin(const Dataset& data) {
  info_ = &data.info();
  for (WantedAttribute& wanted : attributes_) {
    wanted.defaults.assign(info_->labels.size(), nullptr);
    for (size_t i = 0; i < info_->labels.size(); ++i) {
      const std::vector<AttributeSpec>& specs = info_->labels[i].attributes;
      const auto found = absl::c_find_if(
          specs, [&](const AttributeSpec& spec) { return spec.name == wanted.name; });
      if (found == specs.end()) continue;
      wanted.defaults[i] = &found->default_value;
      wanted.seen = true;
    }
  }
  if (where_.job_states.empty() && where_.job_stages.empty()) return absl::OkStatus();
  for (const Job& job : info_->jobs) {
    states_.Has(job.state);
    stages_.Has(job.stage);
  }
  ASSIGN_OR_RETURN(frames_, FramesOfJobs(data, where_.job_states, where_.job_stages));
  return absl::OkStatus();
}

void CopyFilter::BeginFrame(Rank rank, const Frame& frame) {
  const bool asks_for_jobs = !where_.job_states.empty() || !where_.job_stages.empty();
  is_in_job_ = !asks_for_jobs || frames_.Contains(rank);
  is_in_space_ = IsPointCloud(*info_, frame);
}

bool CopyFilter::HasAttributes(const Shape& shape) {
  bool has_all = true;
  for (WantedAttribute& wanted : attributes_) {
    bool is_said = false, has = false;
    for (const Attribute& attribute : shape.attributes) {
      if (attribute.name != wanted.name) continue;
      is_said = wanted.seen = true;
      has |= wanted.values.Has(attribute.value);
    }
    if (!is_said && shape.label < wanted.defaults.size() && wanted.defaults[shape.label]) {
      has = wanted.values.Has(*wanted.defaults[shape.label]);
    }
    has_all &= has;
  }
  return has_all;
}

bool CopyFilter::Keeps(const Shape& shape) {
  if (is_all_) return true;
  // Both look at every shape: so it is known what none has.
  const bool has_source = sources_.seen.empty() || sources_.Has(shape.source);
  const bool has_attributes = HasAttributes(shape);
  if (!has_source || !has_attributes || !is_in_job_) return false;
  if (types_ != 0 && (types_ >> unsigned(shape.type) & 1) == 0) return false;
  if (IsOutsideKeyframe(shape)) return true;
  if (where_.occluded && *where_.occluded != shape.occluded) return false;
  if (where_.min_area <= 0 || is_in_space_) return true;
  const std::optional<double> area = AreaInPixels(shape);
  return !area || *area >= where_.min_area;
}

void CopyFilter::AddUnused(absl::string_view key, absl::string_view what, const Values& values,
                           std::vector<Problem>& problems) {
  std::vector<absl::string_view> unused;
  for (const auto& [value, place] : values.places) {
    if (!values.seen[place]) unused.push_back(value);
  }
  absl::c_sort(unused);
  for (absl::string_view value : unused) {
    problems.push_back(
        {.reason = absl::StrCat("where.", key, " of the configuration: ", what, " '", value, "'")});
  }
}

std::vector<Problem> CopyFilter::Unused() const {
  std::vector<Problem> problems;
  AddUnused("source", "no tag or shape has", sources_, problems);
  for (const WantedAttribute& wanted : attributes_) {
    if (wanted.seen) {
      AddUnused("attribute", absl::StrCat("no '", wanted.name, "' is"), wanted.values, problems);
    } else {
      problems.push_back({.reason = absl::StrCat("where.attribute of the configuration: nothing "
                                                 "has an attribute '",
                                                 wanted.name, "'")});
    }
  }
  AddUnused("job_state", "no job has", states_, problems);
  AddUnused("job_stage", "no job has", stages_, problems);
  return problems;
}

}  // namespace annofs
