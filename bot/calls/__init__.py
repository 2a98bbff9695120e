"""A phone call: what is said, heard and settled. Every request of Twilio is one step, answered with TwiML.

    voice ── 1, 2, 3 ─► language ─► heard ─► wait ─► (the answer, read out) ─► heard …
      │ 0 ─────────────────────────────────► wait ─► a colleague calls back, or is put through ─► connected
      │ nothing heard, twice ─► offer ─► a call back, or ─► recorded
    status: the call is over; what nobody heard is settled, and who said nothing is called back

Nothing thinks in these requests: `heard` stores the words, the turn answers them as it does for every channel, and
`wait` reads the answer from the database until it is there. Where the call is travels in Twilio's own addresses.
"""
