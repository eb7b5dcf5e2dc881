// The variables of the environment that tell how to reach a store, and how the process keeps the
// secrets among them to itself.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Name -> value of variables that are set and not empty.
using Variables = absl::flat_hash_map<std::string, std::string>;

// "" where there is none.
std::string ValueOf(const Variables& variables, absl::string_view name);

// Keys are in this process's memory: no core dump shows them, and no other process of the user
// reads them. Inherited by fork().
void KeepSecretsIn();

// What the variables that set options begin with.
inline constexpr absl::string_view kVariablePrefix = "ANNOFS_";

// Takes the variables that are known here, and all that begin with kVariablePrefix. Those that are
// secret are overwritten where they stand and removed, so that neither children nor
// /proc/self/environ show them, and hidden in the log. Before any thread is started.
Variables TakeEnvironment();

// What a credentials file may name: keys and settings, nothing that says where to look for them.
bool IsKeyOrSetting(absl::string_view name);

}  // namespace annofs
