#include "fs/told_dataset.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "fs/dataset_records.h"
#include "fs/forwarded_dataset.h"

namespace annofs {
namespace {

std::string IdWith(const DatasetTold& told, const std::string& id) {
  RecordWriter parts;
  parts.Text(id).Text(told.name).Text(told.options.configuration);
  parts.U64(told.other_sources.size());
  for (const SourceVersion& source : told.other_sources) {
    parts.Text(source.key).Text(source.version).Text(source.format);
  }
  for (const Problem& problem : told.problems) parts.Text(EncodeDatasetProblem(problem));
  return absl::BytesToHexString(Sha256Bytes(parts.Take()).substr(0, 16));
}

class ToldDataset : public ForwardedDataset {
 public:
  ToldDataset(std::shared_ptr<const IndexedDataset> data, std::shared_ptr<const DatasetPlan> plan)
      : ForwardedDataset(*data),
        data_(std::move(data)),
        plan_(std::move(plan)),
        info_(data_->info()) {
    info_.id = IdWith(plan_->told, info_.id);
    info_.name = plan_->told.name;
    info_.options = plan_->told.options;
    info_.other_sources = plan_->told.other_sources;
  }

  const DatasetInfo& info() const override { return info_; }

  absl::StatusOr<std::vector<Problem>> Problems() const override {
    ASSIGN_OR_RETURN(std::vector<Problem> problems, data_->Problems());
    const std::vector<Problem>& told = plan_->told.problems;
    problems.insert(problems.end(), told.begin(), told.end());
    return problems;
  }

 private:
  const std::shared_ptr<const IndexedDataset> data_;
  const std::shared_ptr<const DatasetPlan> plan_;
  DatasetInfo info_;
};

bool SaysNothingNew(const DatasetTold& told, const DatasetInfo& info) {
  return told.name == info.name && told.options == ViewOptions() && told.other_sources.empty() &&
         told.problems.empty();
}

}  // namespace

std::shared_ptr<const IndexedDataset> WithTold(std::shared_ptr<const IndexedDataset> data,
                                               std::shared_ptr<const DatasetPlan> plan) {
  if (SaysNothingNew(plan->told, data->info())) return data;
  return std::make_shared<const ToldDataset>(std::move(data), std::move(plan));
}

}  // namespace annofs
