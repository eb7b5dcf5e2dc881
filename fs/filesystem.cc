#include "fs/filesystem.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "cache/store/prices.h"
#include "fs/bucket_tree.h"
#include "fs/control_tree.h"
#include "fs/datasets.h"
#include "fs/stats.h"
#include "fs/view_tree.h"

namespace annofs {
namespace {

constexpr absl::string_view kControlName = ".annofs";

class FilesystemImpl : public Filesystem {
 public:
  FilesystemImpl(ObjectStore& store, CacheDir& cache, Counters& counters,
                 const FilesystemOptions& options)
      : store_(store), cache_(cache), counters_(counters), options_(options) {}

  absl::Status Open(const CallContext& context) {
    RETURN_IF_ERROR(CheckViewsName());
    ASSIGN_OR_RETURN(prices_, ParsePrices(BuiltInPrices()));
    bool offline = options_.network == FilesystemOptions::Network::kOffline;
    if (!offline) RETURN_IF_ERROR(store_.Connect(context));
    ASSIGN_OR_RETURN(catalog_, OpenCatalog(*cache_.catalog, store_,
                                           {.mode = offline ? CatalogOptions::Mode::kOffline
                                                            : CatalogOptions::Mode::kFresh}));
    reader_ = NewObjectReader(store_, *cache_.blocks, counters_,
                              {.source = store_.name(),
                               .memory = options_.memory / 2,
                               .network = offline ? ObjectReaderOptions::Network::kOffline
                                                  : ObjectReaderOptions::Network::kOnline});
    RETURN_IF_ERROR(RefuseTakenNames(context));
    MakeTrees();
    return absl::OkStatus();
  }

  absl::StatusOr<NodeAttr> Lookup(NodeId directory, absl::string_view name,
                                  const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(directory));
    return tree->Lookup(directory, name, context);
  }
  absl::StatusOr<NodeAttr> Stat(NodeId node, const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(node));
    return tree->Stat(node, context);
  }
  absl::Status List(NodeId directory, uint64_t from, absl::FunctionRef<bool(const DirEntry&)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(directory));
    return tree->List(directory, from, fn, context);
  }
  absl::Status Read(NodeId node, ByteRange range, absl::FunctionRef<void(absl::string_view)> fn,
                    const CallContext& context) override {
    ASSIGN_OR_RETURN(Tree * tree, TreeOf(node));
    return tree->Read(node, range, fn, context);
  }
  void Forget(NodeId node) override {
    if (absl::StatusOr<Tree*> tree = TreeOf(node); tree.ok()) (*tree)->Forget(node);
  }

  std::string StatusJson() const override {
    BlockCacheInfo blocks = cache_.blocks->Info();
    JsonWriter json(JsonWriter::Style::kPretty);
    json.BeginObject();
    json.Key("version").String(ANNOFS_VERSION).Key("source").String(store_.name());
    json.Key("snapshot").Int(int64_t(catalog_->snapshot()));
    json.Key("cache").BeginObject();
    json.Key("bytes").Int(int64_t(blocks.bytes)).Key("bound").Int(int64_t(blocks.bound));
    json.Key("hits").Int(int64_t(blocks.hits)).Key("misses").Int(int64_t(blocks.misses));
    json.Key("writes").Int(int64_t(blocks.writes)).Key("dropped").Int(int64_t(blocks.dropped));
    json.Key("damaged").Int(int64_t(blocks.damaged)).EndObject();
    json.Key("counters").BeginObject();
    for (const auto& [name, value] : counters_.Snapshot()) json.Key(name).Int(int64_t(value));
    json.EndObject();
    WriteEstimate(Cost(), json);
    return json.EndObject().Take() + "\n";
  }

 private:
  std::optional<Estimate> Cost() const {
    return EstimateCost(prices_, options_.price_service, UsageOf(counters_), absl::Now());
  }

  absl::StatusOr<Tree*> TreeOf(NodeId node) {
    size_t number = size_t(node.tree());
    if (number >= trees_.size() || !trees_[number]) return absl::AbortedError("a node of no tree");
    return trees_[number].get();
  }

  absl::Status CheckViewsName() const {
    if (IsEntryName(options_.views_name) && options_.views_name != kControlName) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("'", options_.views_name, "' cannot be the name of the views' directory"));
  }

  absl::Status RefuseTakenNames(const CallContext& context) {
    for (absl::string_view name : {absl::string_view(options_.views_name), kControlName}) {
      if (name == options_.views_name && options_.views == FilesystemOptions::Views::kLeftOut)
        continue;
      absl::StatusOr<Row> row = catalog_->Lookup(kRootRow, name, context);
      if (absl::IsNotFound(row.status())) continue;
      RETURN_IF_ERROR(row.status());
      return absl::AlreadyExistsError(absl::StrCat(
          store_.name(), " holds '", name, "' itself, where annofs would show its own directory: ",
          name == kControlName
              ? "mount a prefix that does not hold it"
              : "choose another name with --views-name NAME, or none with --no-views"));
    }
    return absl::OkStatus();
  }

  void MakeTrees() {
    std::vector<Graft> grafts;
    if (options_.views == FilesystemOptions::Views::kShown) {
      datasets_ = NewDatasets(*cache_.catalog, *catalog_, *reader_,
                              {.source = store_.name(), .annotations = options_.annotations});
      trees_[size_t(TreeNumber::kView)] = NewViewTree(*cache_.catalog, *catalog_, *datasets_);
      grafts.push_back({.name = options_.views_name, .attr = ViewsRootAttr()});
    }
    trees_[size_t(TreeNumber::kControl)] = NewControlTree(ControlFiles());
    grafts.push_back({.listing = Graft::Listing::kHidden,
                      .name = std::string(kControlName),
                      .attr = ControlRootAttr()});
    trees_[size_t(TreeNumber::kBucket)] = NewBucketTree(*catalog_, *reader_, std::move(grafts));
  }

  std::vector<ControlFile> ControlFiles() {
    return {{"problems.tsv", [this] { return ProblemsTsv(); }},
            {"stats.json", [this] { return StatsJson(counters_, cache_.blocks->Info(), Cost()); }},
            {"status.json", [this] { return StatusJson(); }},
            {"version", [] { return std::string(ANNOFS_VERSION "\n"); }}};
  }

  std::string ProblemsTsv() const {
    std::string text = "key\treason\n";
    for (const CatalogProblem& problem : catalog_->Problems()) {
      absl::StrAppend(&text, TsvEscape(problem.key), "\t", TsvEscape(problem.reason), "\n");
    }
    if (datasets_) {
      for (const std::string& note : datasets_->Notes()) {
        absl::StrAppend(&text, "\tthe search for annotations ", TsvEscape(note), "\n");
      }
    }
    return text;
  }

  ObjectStore& store_;
  CacheDir& cache_;
  Counters& counters_;
  const FilesystemOptions options_;
  Prices prices_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<ObjectReader> reader_;
  std::unique_ptr<Datasets> datasets_;
  std::array<std::unique_ptr<Tree>, 3> trees_;  // by TreeNumber
};

}  // namespace

absl::StatusOr<std::unique_ptr<Filesystem>> OpenFilesystem(ObjectStore& store, CacheDir& cache,
                                                           Counters& counters,
                                                           const FilesystemOptions& options,
                                                           const CallContext& context) {
  auto filesystem = std::make_unique<FilesystemImpl>(store, cache, counters, options);
  RETURN_IF_ERROR(filesystem->Open(context));
  return std::unique_ptr<Filesystem>(std::move(filesystem));
}

absl::StatusOr<NodeAttr> Resolve(Tree& tree, absl::string_view path, const CallContext& context) {
  ASSIGN_OR_RETURN(NodeAttr attr, tree.Stat(kRootNode, context));
  while (!path.empty()) {
    size_t slash = path.find('/');
    absl::string_view name = path.substr(0, slash);
    path.remove_prefix(slash == absl::string_view::npos ? path.size() : slash + 1);
    if (name.empty() || name == ".") continue;
    if (!attr.is_directory) return absl::NotFoundError("not a directory");
    ASSIGN_OR_RETURN(attr, tree.Lookup(attr.id, name, context));
  }
  return attr;
}

}  // namespace annofs
