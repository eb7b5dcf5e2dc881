// `annofs export`: writes a view of a source into a directory or a zip; the same tree that a mount
// shows.
#include <algorithm>
#include <cerrno>
#include <ostream>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/writer.h"
#include "tools/asked_datasets.h"
#include "tools/command.h"
#include "tools/export_format.h"
#include "tools/export_output.h"
#include "tools/export_sink.h"
#include "tools/index_text.h"
#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/people.h"
#include "tools/progress_line.h"
#include "tools/stack.h"
#include "tools/view_path.h"

namespace annofs {
namespace {

constexpr absl::Duration kProgressPeriod = absl::Milliseconds(200);

// Gives every file below a directory of the tree to a sink.
class ExportWalk {
 public:
  ExportWalk(const ExportReader& reader, ExportSink& sink) : reader_(reader), sink_(sink) {}

  absl::Status Directory(NodeId node, const std::string& path) {
    RETURN_IF_ERROR(sink_.Directory(path));
    for (uint64_t position = 0;;) {
      ASSIGN_OR_RETURN(std::vector<Entry> entries, Page(node, position));
      if (entries.empty()) return absl::OkStatus();
      for (Entry& entry : entries) RETURN_IF_ERROR(One(entry, JoinPath(path, entry.name)));
      position = entries.back().next;
    }
  }

 private:
  struct Entry {
    std::string name;
    NodeAttr attr;
    uint64_t next;
    bool has_size;
  };
  static constexpr size_t kPage = 1024;

  absl::StatusOr<std::vector<Entry>> Page(NodeId node, uint64_t from) {
    std::vector<Entry> entries;
    RETURN_IF_ERROR(reader_.Patiently([&](const CallContext& context) {
      entries.clear();
      return reader_.tree().List(
          node, from,
          [&entries](const DirEntry& entry) {
            entries.push_back({std::string(entry.name), entry.attr, entry.next, entry.has_size});
            return entries.size() < kPage;
          },
          context);
    }));
    return entries;
  }

  absl::Status One(const Entry& entry, std::string path) {
    if (entry.attr.is_directory) return Directory(entry.attr.id, path);
    // What a view can show of the bucket has 2 links (fs/bucket_tree.h), what it makes has 1.
    const bool is_image = entry.attr.links > 1;
    if (is_image && reader_.settings().images == "none") return absl::OkStatus();
    return sink_.File({.path = std::move(path),
                       .attr = entry.attr,
                       .has_size = entry.has_size,
                       .is_image = is_image});
  }

  const ExportReader& reader_;
  ExportSink& sink_;
};

absl::StatusOr<std::vector<std::string>> DatasetNames(const ExportReader& reader) {
  ASSIGN_OR_RETURN(NodeAttr views,
                   Resolve(reader.tree(), reader.settings().views_name, reader.Context()));
  std::vector<std::string> names;
  RETURN_IF_ERROR(reader.tree().List(
      views.id, 0,
      [&names](const DirEntry& entry) {
        if (entry.attr.is_directory) names.emplace_back(entry.name);
        return true;
      },
      reader.Context()));
  return names;
}

// What a view may have been meant that is not there: "; did you mean 'yolo'?", or "".
std::string NearView(absl::string_view view) {
  const std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  std::vector<absl::string_view> names;
  for (const auto& writer : writers) names.push_back(writer->Info().name);
  const std::string hint = DidYouMean(view, names);
  // Behind the name of a dataset, which may be a part of a view's name.
  const size_t slash = view.find('/');
  return hint.empty() && slash != view.npos ? DidYouMean(view.substr(slash + 1), names) : hint;
}

// "DATASET/VIEW" of the options.
absl::StatusOr<std::string> ViewPath(const ExportReader& reader) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, DatasetNames(reader));
  return ViewPathOf(names, reader.settings().dataset, reader.settings().view);
}

std::string ProgressText(const ExportProgress& progress, absl::Duration elapsed) {
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 0.001);
  return absl::StrCat("export: ", Grouped(progress.files), " files, ", HumanSize(progress.bytes),
                      ", ", Grouped(uint64_t(double(progress.files) / seconds)), " files/s");
}

// Walks on a thread of its own; this one shows how far it is.
absl::Status Write(const ExportReader& reader, NodeId view, ExportSink& sink,
                   const ExportProgress& progress, const Io& io) {
  ProgressLine line(io.err, OutputOf(io.err));
  const absl::Time begun = absl::Now();
  absl::Status status;
  absl::Notification done;
  std::thread walk([&] {
    status = ExportWalk(reader, sink).Directory(view, "");
    if (status.ok()) status = sink.Finish();
    done.Notify();
  });
  while (!done.WaitForNotificationWithTimeout(kProgressPeriod)) {
    line.Show(ProgressText(progress, absl::Now() - begun));
  }
  walk.join();
  return status;
}

absl::Status WithAdvice(const absl::Status& status, const std::string& partial) {
  if (status.ok()) return status;
  const absl::string_view room =
      absl::IsResourceExhausted(status) ? "make room and " : absl::string_view();
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), "; what is written stays in ", partial, ": ",
                                   room, "run the same again to go on from there"));
}

absl::Status WriteDirectory(const ExportReader& reader, const NodeAttr& view,
                            const std::string& what, const std::string& output,
                            const std::string& source_directory, ExportProgress& progress,
                            const Io& io) {
  const Settings& settings = reader.settings();
  ASSIGN_OR_RETURN(PartialDirectory partial, PartialDirectory::Open(output, what));
  const bool is_linked = settings.images == "link";
  absl::Status written;
  {
    ASSIGN_OR_RETURN(
        std::unique_ptr<ExportSink> sink,
        NewDirectorySink(reader, partial.path(), is_linked ? source_directory : "", progress));
    written = Write(reader, view.id, *sink, progress, io);
  }
  if (written.ok() && partial.is_continued())
    written = RemoveOthers(reader, view.id, partial.path());
  RETURN_IF_ERROR(WithAdvice(written, partial.path()));
  return partial.PublishDirectory(output, settings.force);
}

// The name of a zip while it grows; nothing of it is gone on with.
constexpr char kZipName[] = "zip";

absl::Status WriteZip(const ExportReader& reader, const NodeAttr& view, const std::string& output,
                      ExportProgress& progress, const Io& io) {
  ASSIGN_OR_RETURN(PartialDirectory partial, PartialDirectory::Open(output, ""));
  absl::Cleanup discard = [&partial] { partial.Discard(); };
  {
    ASSIGN_OR_RETURN(std::unique_ptr<ExportSink> sink,
                     NewZipSink(reader, JoinPath(partial.path(), kZipName), progress));
    RETURN_IF_ERROR(Write(reader, view.id, *sink, progress, io));
  }
  RETURN_IF_ERROR(partial.PublishFile(kZipName, output, reader.settings().force));
  std::move(discard).Cancel();
  return absl::OkStatus();
}

// The same for all that name it.
std::string SourceText(const std::string& source) {
  std::string directory = SourceDirectory(source);
  return directory.empty() ? source : JoinPath(directory, BaseName(source));
}

absl::StatusOr<NodeAttr> FindView(const ExportReader& reader, const std::string& path) {
  absl::StatusOr<NodeAttr> view;
  absl::Status found = reader.Patiently([&](const CallContext& context) {
    view = Resolve(reader.tree(), JoinPath(reader.settings().views_name, path), context);
    return view.status();
  });
  if (absl::IsNotFound(found))
    return Annotate(found, absl::StrCat("view '", path, "' (`annofs formats` lists the views",
                                        NearView(reader.settings().view), ")"));
  if (!found.ok()) return Annotate(found, absl::StrCat("view '", path, "'"));
  if (!view->is_directory)
    return absl::InvalidArgumentError(absl::StrCat("'", path, "' is a file, not a view"));
  return view;
}

// Tells what could not be read. An error where the dataset that is meant may be among that, and
// where nothing is left of it.
absl::Status CheckRead(const ExportReader& reader, const std::string& path, const Io& io) {
  ASSIGN_OR_RETURN(const std::vector<std::string> notes,
                   reader.tree().SearchNotes(reader.Context()));
  const std::string unreadable = UnreadableText(notes);
  io.err << unreadable;
  if (!unreadable.empty() && reader.settings().dataset.empty() && path != reader.settings().view) {
    return absl::FailedPreconditionError(
        "that may be the annotations that are meant: name the dataset with --dataset");
  }
  const std::string dataset = path.substr(0, path.find('/'));
  ASSIGN_OR_RETURN(const std::shared_ptr<const Dataset> data,
                   reader.tree().OpenDataset(dataset, reader.Context()));
  ASSIGN_OR_RETURN(const std::vector<Problem> problems, data->Problems());
  DatasetSummary summary{.name = dataset};
  for (const Problem& problem : problems) {
    if (problem.severity != Problem::Severity::kError) continue;
    if (summary.errors++ == 0) {
      summary.first_error = absl::StrCat(problem.source, ": ", problem.reason);
    }
  }
  io.err << BrokenText({summary});
  if (summary.errors == 0 || data->frame_count() > 0) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("nothing of dataset '", dataset, "' could be read"));
}

absl::Status ExportView(const ExportReader& reader, const std::string& source,
                        const std::string& output, ExportProgress& progress, const Io& io) {
  ASSIGN_OR_RETURN(const std::string path, ViewPath(reader));
  ASSIGN_OR_RETURN(const NodeAttr view, FindView(reader, path));
  RETURN_IF_ERROR(CheckRead(reader, path, io));
  if (OutputKindOf(output) == OutputKind::kZip) return WriteZip(reader, view, output, progress, io);
  // Another recipe, or another version of the source, is another time (design/product.md §2,
  // rule 5).
  const std::string what =
      absl::StrCat("source ", SourceText(source), "\nview ", path, "\nrecipe ",
                   absl::ToUnixNanos(view.modified), "\nimages ", reader.settings().images, "\n");
  return WriteDirectory(reader, view, what, output, SourceDirectory(source), progress, io);
}

absl::Status Export(const Settings& settings, const std::string& source, ExportProgress& progress,
                    const Io& io) {
  ASSIGN_OR_RETURN(const std::string output, CheckOutput(settings, source));
  Interrupt interrupt;
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStoreAndCache(settings, source, &interrupt));
  stack->options.sizes = ListedSizes::kLeftOut;
  RETURN_IF_ERROR(OpenFilesystemOf(*stack, settings));
  const ExportReader reader(*stack->filesystem, settings, interrupt.cancellation());
  absl::Status status = ExportView(reader, source, output, progress, io);
  if (interrupt.cancellation().cancelled() && !status.ok())
    return absl::CancelledError(absl::StrCat("interrupted: ", status.message()));
  return status;
}

// What of the settings is wrong; "" if nothing is. Puts --format into the view.
std::string Completed(Settings& settings, const std::string& source) {
  while (settings.output.size() > 1 && settings.output.back() == '/') settings.output.pop_back();
  if (!settings.view.empty() && !settings.format.empty())
    return "--view and --format exclude each other: leave one of them out";
  if (!settings.format.empty()) {
    if (std::string wrong = WrongFormat(settings.format); !wrong.empty()) return wrong;
    settings.view = FormatView(settings.format);
  }
  if (settings.view.empty() || settings.output.empty())
    return "--view [DATASET/]VIEW or --format NAME, and --output DIR|FILE.zip are needed (see "
           "`annofs help export`)";
  if (settings.images != "link") return "";
  if (OutputKindOf(settings.output) == OutputKind::kZip)
    return "--images link: a zip holds no links: use copy or none";
  if (SourceDirectory(source).empty())
    return "--images link: only files of a local directory can be linked: use copy or none";
  return "";
}

void PrintJson(const Settings& settings, const std::string& source, const ExportProgress& progress,
               const Io& io) {
  JsonWriter json;
  json.BeginObject().Key("source").String(source).Key("view").String(settings.view);
  json.Key("output").String(settings.output).Key("images").String(settings.images);
  json.Key("files").Int(int64_t(progress.files)).Key("kept").Int(int64_t(progress.kept));
  io.out << json.Key("bytes").Int(int64_t(progress.bytes)).EndObject().Take() << "\n";
}

}  // namespace

int RunExport(const Settings& given, const std::vector<std::string>& arguments, const Io& io) {
  Settings settings = given;
  if (std::string wrong = Completed(settings, arguments[0]); !wrong.empty()) {
    io.err << "annofs: export: " << wrong;
    io.err << (absl::StrContains(wrong, "(see ") ? "\n" : " (see `annofs help export`)\n");
    return kWrongUsage;
  }
  ExportProgress progress;
  absl::Status status = Export(settings, arguments[0], progress, io);
  if (!status.ok()) return Fail(io, absl::StrCat("export: ", status.message()));
  if (settings.json) {
    PrintJson(settings, arguments[0], progress, io);
    return kDone;
  }
  io.err << "annofs: export: " << progress.files << " files in " << settings.output;
  if (progress.kept > 0) io.err << ", " << progress.kept << " of them were there already";
  io.err << "\n";
  return kDone;
}

}  // namespace annofs
