* Maximise. Money is in GBP million, staff in WTE, health in QALY.
* %XX in a name is a byte of a character that MPS would misread.
* The RHS of %objective is minus the constant of the objective.
NAME 802c0316ff8f9e400dc42b7a938aca70cbf0dc06cca41a8bc8e2bcd2f5f3951c
OBJSENSE
    MAX
ROWS
 N %objective
 L budget/core/1
 L workforce/nursing/1
 L redeployment/nursing/1
 L workforce/therapists/1
 L redeployment/therapists/1
COLUMNS
 segment/A01/A/1/1 %objective 22.7958625709398
 segment/A01/A/1/1 budget/core/1 1.0
 segment/A01/A/1/1 workforce/nursing/1 6.0
 segment/A01/A/1/1 redeployment/nursing/1 6.0
 segment/A01/A/1/1 workforce/therapists/1 1.0
 segment/A01/A/1/1 redeployment/therapists/1 1.0
 segment/A01/A/1/2 %objective 20.851637639023206
 segment/A01/A/1/2 budget/core/1 1.0
 segment/A01/A/1/2 workforce/nursing/1 6.0
 segment/A01/A/1/2 redeployment/nursing/1 6.0
 segment/A01/A/1/2 workforce/therapists/1 1.0
 segment/A01/A/1/2 redeployment/therapists/1 1.0
 segment/A01/A/1/3 %objective 19.244876491456548
 segment/A01/A/1/3 budget/core/1 1.0
 segment/A01/A/1/3 workforce/nursing/1 6.0
 segment/A01/A/1/3 redeployment/nursing/1 6.0
 segment/A01/A/1/3 workforce/therapists/1 1.0
 segment/A01/A/1/3 redeployment/therapists/1 1.0
 segment/A01/A/1/4 %objective 17.892412845191632
 segment/A01/A/1/4 budget/core/1 1.0
 segment/A01/A/1/4 workforce/nursing/1 6.0
 segment/A01/A/1/4 redeployment/nursing/1 6.0
 segment/A01/A/1/4 workforce/therapists/1 1.0
 segment/A01/A/1/4 redeployment/therapists/1 1.0
 segment/C01/C/1/1 %objective 94.94818733854638
 segment/C01/C/1/1 budget/core/1 1.0
 segment/C01/C/1/1 workforce/nursing/1 12.0
 segment/C01/C/1/1 redeployment/nursing/1 12.0
 segment/C01/C/1/1 workforce/therapists/1 2.0
 segment/C01/C/1/1 redeployment/therapists/1 2.0
 segment/C01/C/1/2 %objective 89.80422841160093
 segment/C01/C/1/2 budget/core/1 1.0
 segment/C01/C/1/2 workforce/nursing/1 12.0
 segment/C01/C/1/2 redeployment/nursing/1 12.0
 segment/C01/C/1/2 workforce/therapists/1 2.0
 segment/C01/C/1/2 redeployment/therapists/1 2.0
 segment/C01/C/1/3 %objective 85.41548429776527
 segment/C01/C/1/3 budget/core/1 1.0
 segment/C01/C/1/3 workforce/nursing/1 12.0
 segment/C01/C/1/3 redeployment/nursing/1 12.0
 segment/C01/C/1/3 workforce/therapists/1 2.0
 segment/C01/C/1/3 redeployment/therapists/1 2.0
 segment/C01/C/1/4 %objective 81.61346697031601
 segment/C01/C/1/4 budget/core/1 1.0
 segment/C01/C/1/4 workforce/nursing/1 12.0
 segment/C01/C/1/4 redeployment/nursing/1 12.0
 segment/C01/C/1/4 workforce/therapists/1 2.0
 segment/C01/C/1/4 redeployment/therapists/1 2.0
 segment/M01/M/1/1 %objective 92.30966497527466
 segment/M01/M/1/1 budget/core/1 1.0
 segment/M01/M/1/1 workforce/nursing/1 2.0
 segment/M01/M/1/1 redeployment/nursing/1 2.0
 segment/M01/M/1/1 workforce/therapists/1 14.0
 segment/M01/M/1/1 redeployment/therapists/1 14.0
 segment/M01/M/1/2 %objective 86.82342516415234
 segment/M01/M/1/2 budget/core/1 1.0
 segment/M01/M/1/2 workforce/nursing/1 2.0
 segment/M01/M/1/2 redeployment/nursing/1 2.0
 segment/M01/M/1/2 workforce/therapists/1 14.0
 segment/M01/M/1/2 redeployment/therapists/1 14.0
 segment/M01/M/1/3 %objective 82.16743227016009
 segment/M01/M/1/3 budget/core/1 1.0
 segment/M01/M/1/3 workforce/nursing/1 2.0
 segment/M01/M/1/3 redeployment/nursing/1 2.0
 segment/M01/M/1/3 workforce/therapists/1 14.0
 segment/M01/M/1/3 redeployment/therapists/1 14.0
 segment/M01/M/1/4 %objective 78.15318909286478
 segment/M01/M/1/4 budget/core/1 1.0
 segment/M01/M/1/4 workforce/nursing/1 2.0
 segment/M01/M/1/4 redeployment/nursing/1 2.0
 segment/M01/M/1/4 workforce/therapists/1 14.0
 segment/M01/M/1/4 redeployment/therapists/1 14.0
 segment/P01/P/1/1 %objective 110.30352914882499
 segment/P01/P/1/1 budget/core/1 1.0
 segment/P01/P/1/1 workforce/nursing/1 5.0
 segment/P01/P/1/1 redeployment/nursing/1 5.0
 segment/P01/P/1/2 %objective 103.17121121454335
 segment/P01/P/1/2 budget/core/1 1.0
 segment/P01/P/1/2 workforce/nursing/1 5.0
 segment/P01/P/1/2 redeployment/nursing/1 5.0
 segment/P01/P/1/3 %objective 97.15029563521152
 segment/P01/P/1/3 budget/core/1 1.0
 segment/P01/P/1/3 workforce/nursing/1 5.0
 segment/P01/P/1/3 redeployment/nursing/1 5.0
 segment/P01/P/1/4 %objective 91.9840966962139
 segment/P01/P/1/4 budget/core/1 1.0
 segment/P01/P/1/4 workforce/nursing/1 5.0
 segment/P01/P/1/4 redeployment/nursing/1 5.0
RHS
 RHS %objective -3717.1104441024936
 RHS budget/core/1 5.0
 RHS workforce/nursing/1 33.0
 RHS redeployment/nursing/1 32.99999999999999
 RHS workforce/therapists/1 937.6
 RHS redeployment/therapists/1 937.6
BOUNDS
 LO BND segment/A01/A/1/1 0.0
 UP BND segment/A01/A/1/1 0.9999999999999998
 LO BND segment/A01/A/1/2 0.0
 UP BND segment/A01/A/1/2 0.9999999999999998
 LO BND segment/A01/A/1/3 0.0
 UP BND segment/A01/A/1/3 1.0000000000000009
 LO BND segment/A01/A/1/4 0.0
 UP BND segment/A01/A/1/4 0.9999999999999987
 LO BND segment/C01/C/1/1 0.0
 UP BND segment/C01/C/1/1 0.5999999999999999
 LO BND segment/C01/C/1/2 0.0
 UP BND segment/C01/C/1/2 0.5999999999999999
 LO BND segment/C01/C/1/3 0.0
 UP BND segment/C01/C/1/3 0.6000000000000005
 LO BND segment/C01/C/1/4 0.0
 UP BND segment/C01/C/1/4 0.5999999999999992
 LO BND segment/M01/M/1/1 0.0
 UP BND segment/M01/M/1/1 0.3999999999999999
 LO BND segment/M01/M/1/2 0.0
 UP BND segment/M01/M/1/2 0.3999999999999999
 LO BND segment/M01/M/1/3 0.0
 UP BND segment/M01/M/1/3 0.40000000000000036
 LO BND segment/M01/M/1/4 0.0
 UP BND segment/M01/M/1/4 0.39999999999999947
 LO BND segment/P01/P/1/1 0.0
 UP BND segment/P01/P/1/1 0.4999999999999999
 LO BND segment/P01/P/1/2 0.0
 UP BND segment/P01/P/1/2 0.4999999999999999
 LO BND segment/P01/P/1/3 0.0
 UP BND segment/P01/P/1/3 0.5000000000000004
 LO BND segment/P01/P/1/4 0.0
 UP BND segment/P01/P/1/4 0.49999999999999933
ENDATA
