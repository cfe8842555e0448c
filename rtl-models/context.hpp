// The simulator's context that a call works in.
// SPDX-License-Identifier: Apache-2.0
#ifndef PLC_RTL_MODELS_CONTEXT_HPP
#define PLC_RTL_MODELS_CONTEXT_HPP

#include "verilated.h"

// Verilator counts failed assertions, and erases what a model registered, in the context that the
// thread used last, whichever model is asked. So each call says which is meant, and at its end
// leaves none behind that may go.
class ContextInUse
{
  public:
    explicit ContextInUse(VerilatedContext &context)
    {
        Verilated::threadContextp(&context);
    }
    ~ContextInUse()
    {
        Verilated::threadContextp(Verilated::defaultContextp());
    }
    ContextInUse(const ContextInUse &) = delete;
    ContextInUse &operator=(const ContextInUse &) = delete;
};

#endif
