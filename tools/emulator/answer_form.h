// How JSON answers are written where the switches ask for another form (reference/b2.md §9): what a
// client must read as well. Pure.
#pragma once

#include "tools/emulator/http.h"
#include "tools/emulator/switches.h"

namespace annofs::emulator {

// Over several lines, and with members that no client knows in every object that has members of
// its own; infos that users name are left alone. Answers that are no JSON stay as they are.
void SetForm(const Switches& switches, Reply& reply);

}  // namespace annofs::emulator
