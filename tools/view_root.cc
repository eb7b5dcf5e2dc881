#include "tools/view_root.h"

#include <signal.h>

#include <algorithm>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/rooted_tree.h"
#include "tools/interrupt.h"
#include "tools/option_values.h"
#include "tools/view_path.h"

namespace annofs {
namespace {

sigset_t EverySignal() {
  sigset_t signals;
  sigfillset(&signals);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&signals, fault);
  return signals;
}

absl::StatusOr<std::vector<std::string>> DirectoriesOf(Tree& tree, NodeId directory,
                                                       const CallContext& context) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(tree.List(
      directory, 0,
      [&names](const DirEntry& entry) {
        if (entry.attr.is_directory) names.emplace_back(entry.name);
        return true;
      },
      context));
  return names;
}

// Goes as far as there are directories, and says what there is instead of the first that is not.
absl::StatusOr<NodeAttr> FindDirectory(Tree& tree, absl::string_view views_name,
                                       absl::string_view path, const CallContext& context) {
  ASSIGN_OR_RETURN(NodeAttr at, tree.Lookup(kRootNode, views_name, context));
  for (absl::string_view rest = path; !rest.empty();) {
    const absl::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (name.empty()) continue;
    const absl::StatusOr<NodeAttr> next = tree.Lookup(at.id, name, context);
    if (next.ok() && next->is_directory) {
      at = *next;
      continue;
    }
    if (!next.ok() && !absl::IsNotFound(next.status())) return next.status();
    ASSIGN_OR_RETURN(const std::vector<std::string> names, DirectoriesOf(tree, at.id, context));
    return absl::NotFoundError(absl::StrCat("no directory '", name, "'",
                                            DidYouMean(name, {names.begin(), names.end()}),
                                            NamesText(names)));
  }
  return at;
}

absl::StatusOr<NodeId> FindView(const Settings& settings, Filesystem& filesystem,
                                const CallContext& context) {
  ASSIGN_OR_RETURN(const std::vector<std::string> datasets, filesystem.DatasetNames(context));
  ASSIGN_OR_RETURN(const std::string path, ViewPathOf(datasets, "", settings.view));
  ASSIGN_OR_RETURN(const NodeAttr view,
                   FindDirectory(filesystem, settings.views_name, path, context));
  // Whoever mounts it wants it to be there.
  RETURN_IF_ERROR(filesystem.List(
      view.id, 0, [](const DirEntry&) { return false; }, context));
  return view.id;
}

absl::Status WithAdvice(const absl::Status& status, const Settings& settings,
                        const std::string& source) {
  const std::string what = absl::StrCat("--view ", settings.view);
  if (!absl::IsDeadlineExceeded(status)) return Annotate(status, what);
  return absl::DeadlineExceededError(
      absl::StrCat(what, ": it is not ready after ", absl::FormatDuration(settings.timeout), " (",
                   status.message(), "): run `annofs index ", source,
                   "` first, which waits for it, or give more time with --timeout"));
}

}  // namespace

absl::Status OpenViewRoot(const Settings& settings, const std::string& source, Stack& stack) {
  if (settings.view.empty()) return absl::OkStatus();
  const sigset_t signals = EverySignal();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &signals, &before);
  absl::Cleanup restore = [&before] { pthread_sigmask(SIG_SETMASK, &before, nullptr); };
  absl::StatusOr<NodeId> view;
  {
    Interrupt interrupt;
    interrupt.AlsoCancel(stack.leaving);
    CallContext context = CommandContext(settings);
    context.cancellation = &interrupt.cancellation();
    view = FindView(settings, *stack.filesystem, context);
  }
  // Also one that came at the last moment: its requests have ended.
  if (stack.leaving->cancelled()) view = absl::CancelledError("interrupted");
  if (!view.ok()) return WithAdvice(view.status(), settings, source);
  stack.root = NewRootedTree(*stack.filesystem, *view);
  stack.root_path = stack.filesystem->PathOf(*view);
  return absl::OkStatus();
}

}  // namespace annofs
