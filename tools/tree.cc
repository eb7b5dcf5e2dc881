// `annofs tree`: what is below a directory of the tree, as tree(1) shows it, without FUSE.
#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "tools/command.h"
#include "tools/interrupt.h"
#include "tools/listing.h"
#include "tools/stack.h"

namespace annofs {
namespace {

// Prints as it goes: of each directory on the way down there is a page in memory, or two.
class TreePrinter {
 public:
  TreePrinter(const Settings& settings, const Listing& listing, const Cancellation& cancellation,
              const Io& io)
      : settings_(settings), listing_(listing), cancellation_(cancellation), io_(io) {}

  // `root`: how it is called on the command line.
  void Print(const std::string& root, const NodeAttr& attr) {
    if (!settings_.json) io_.out << EntryText(root.empty() ? "." : root, attr) << "\n";
    if (settings_.json && !attr.is_directory) io_.out << EntryJson("path", root, attr) << "\n";
    attr.is_directory ? Directory(attr.id, root, "", 1) : void(++files_);
    if (!settings_.json) PrintCounts();
  }

  // Everything was printed.
  bool is_whole() const { return is_whole_; }

 private:
  bool GoesOn() const { return io_.out && !cancellation_.cancelled(); }

  void Directory(NodeId node, const std::string& path, const std::string& branch, int level) {
    std::vector<ListedEntry> entries = Page(node, path, 0);
    while (!entries.empty() && GoesOn()) {
      // What is last gets another branch: whether something follows the page is known before.
      std::vector<ListedEntry> next = Page(node, path, entries.back().next);
      for (const ListedEntry& entry : entries) {
        if (!GoesOn()) return;
        const bool is_last = next.empty() && &entry == &entries.back();
        One(entry, JoinPath(path, entry.name), branch, is_last, level);
      }
      entries = std::move(next);
    }
  }

  void One(const ListedEntry& entry, const std::string& path, const std::string& branch,
           bool is_last, int level) {
    ++(entry.attr.is_directory ? directories_ : files_);
    if (settings_.json) {
      PrintJson(entry, path);
    } else {
      io_.out << branch << (is_last ? "└── " : "├── ") << EntryText(entry.name, entry.attr) << "\n";
    }
    const bool is_deep_enough = settings_.depth > 0 && level >= settings_.depth;
    if (!entry.attr.is_directory || is_deep_enough) return;
    Directory(entry.attr.id, path, absl::StrCat(branch, is_last ? "    " : "│   "), level + 1);
  }

  void PrintJson(const ListedEntry& entry, const std::string& path) {
    const absl::StatusOr<NodeAttr> attr = listing_.Sized(entry);
    if (attr.ok()) {
      io_.out << EntryJson("path", path, *attr) << "\n";
    } else {
      Tell(path, attr.status());
    }
  }

  // None, too, after an error, which is told.
  std::vector<ListedEntry> Page(NodeId node, const std::string& path, uint64_t from) {
    absl::StatusOr<std::vector<ListedEntry>> page = listing_.Page(node, from);
    if (page.ok()) return *std::move(page);
    Tell(path, page.status());
    return {};
  }

  void Tell(const std::string& path, const absl::Status& status) {
    is_whole_ = false;
    if (cancellation_.cancelled()) return;  // is told once
    io_.out.flush();
    Fail(io_, absl::StrCat("tree: ", path.empty() ? "." : path, ": ", status.message()));
  }

  void PrintCounts() {
    io_.out << "\n"
            << directories_ << (directories_ == 1 ? " directory, " : " directories, ") << files_
            << (files_ == 1 ? " file\n" : " files\n");
  }

  const Settings& settings_;
  const Listing& listing_;
  const Cancellation& cancellation_;
  const Io& io_;
  uint64_t directories_ = 0, files_ = 0;
  bool is_whole_ = true;
};

absl::StatusOr<bool> Print(const Settings& settings, const std::vector<std::string>& arguments,
                           const Io& io) {
  Interrupt interrupt;
  ASSIGN_OR_RETURN(std::unique_ptr<Stack> stack, OpenStack(settings, arguments[0], &interrupt));
  const Listing listing(*stack->filesystem, settings, interrupt.cancellation());
  const std::string path =
      arguments.size() > 1 ? std::string(absl::StripSuffix(arguments[1], "/")) : "";
  ASSIGN_OR_RETURN(const NodeAttr attr, listing.Find(path));
  TreePrinter printer(settings, listing, interrupt.cancellation(), io);
  printer.Print(path, attr);
  if (interrupt.cancellation().cancelled()) return absl::CancelledError("interrupted");
  return printer.is_whole();
}

}  // namespace

int RunTree(const Settings& settings, const std::vector<std::string>& arguments, const Io& io) {
  const absl::StatusOr<bool> is_whole = Print(settings, arguments, io);
  io.out.flush();
  if (!is_whole.ok()) return Fail(io, absl::StrCat("tree: ", is_whole.status().message()));
  if (!io.out) return Fail(io, "tree: writing to standard output failed");
  return *is_whole ? kDone : kFailed;
}

}  // namespace annofs
