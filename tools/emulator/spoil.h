// Does to answers what a fault says. Pure but for the values given.
#pragma once

#include "tools/emulator/fault.h"
#include "tools/emulator/http.h"
#include "tools/emulator/router.h"

namespace annofs::emulator {

// Hides the request's range from the API if the effect says so.
void SpoilRequest(const FaultEffect& effect, Request& request);

// True if the effect answers instead of the API.
bool Answers(const FaultEffect& effect);
// That answer: a body of its own, or an error in the form of the API.
Reply AnswerOf(const FaultEffect& effect, Api api);

// Headers, length and bytes of a good or bad answer. Waiting (`stall_after`, `bandwidth`) is the
// business of a Pace.
void SpoilReply(const FaultEffect& effect, Reply& reply);

}  // namespace annofs::emulator
